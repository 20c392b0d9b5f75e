import { Batch, Envelope } from '@footfall/events'
import { expect, test } from 'vitest'
import { snippets } from '../src/snippets.ts'

const id = '3f2b8c1e-4f0a-4d55-9b51-0c8f2f6b7a11'
const [page, terminal] = snippets({
  scriptUrl: 'https://count.example/footfall.js',
  eventsUrl: 'https://count.example/v1/events',
  id,
})

test('what is pasted into a terminal sends a batch that the collector can read', () => {
  const body = /-d '(.*)'$/s.exec(terminal?.text ?? '')?.[1] ?? ''
  const batch = JSON.parse(body)
  expect(Batch['~standard'].validate(batch)).toMatchObject({ value: { events: [{}] } })
  expect(Envelope['~standard'].validate(batch.events[0])).toMatchObject({
    value: { id, name: 'page_viewed', consent: { analytics: 'granted' } },
  })
})

test('what is pasted into a terminal survives its shell: its quotes come in pairs, and none stands inside another', () => {
  expect(terminal?.text.replaceAll(/'[^']*'/g, '…').replaceAll(/\s+/g, ' ')).toBe('curl … -A … \\ -H … \\ -d …')
})

test('what is pasted into a page loads the script of this collector and sends to it', () => {
  expect(page?.text).toContain('src="https://count.example/footfall.js"')
  expect(page?.text).toContain('data-endpoint="https://count.example/v1/events"')
})
