import './own-events.ts'
import { tracker } from './tracker.ts'

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return found
}

tracker.page({ type: 'product' })
tracker.track('product_viewed', { product_id: 'round-teapot', name: 'Round Teapot', price: 64, currency: 'EUR' })

element('add').addEventListener('click', () => {
  tracker.track('product_added', { product_id: 'round-teapot', quantity: 1, price: 64, currency: 'EUR' })
  tracker.track('gift_wrap_chosen', { paper: 'fern' })
})
element('agree').addEventListener('click', () => tracker.consent({ analytics: 'granted' }))
element('refuse').addEventListener('click', () => tracker.consent({ analytics: 'denied' }))

const show = () => {
  const { held, delivered } = tracker.stats()
  element('state').textContent = `${tracker.consent().analytics}: ${held} held, ${delivered} delivered`
}
tracker.on('receipt', show)
tracker.on('consent', show)
show()
