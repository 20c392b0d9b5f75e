import { useLayoutEffect } from 'preact/hooks'
import { ParcelScene } from '../art/scenes.tsx'
import { formatCents } from '../money.ts'
import { findOrder } from '../orders/orders.ts'
import { TotalsTable } from '../parts/totals-table.tsx'
import { usePage } from '../parts/use-page.ts'
import { paths } from '../routes.ts'
import { orderCompleted } from '../tracking.ts'

/** The confirmation. Each time it is shown it tells of the order, as real shops do it: the collector counts it once. */
export function OrderPage({ id }: { id: string }) {
  const order = findOrder(id)
  usePage(order === undefined ? 'Order not found' : 'Thank you', 'order')
  useLayoutEffect(() => {
    if (order !== undefined && order.status === 'placed') orderCompleted(order)
  }, [])

  if (order === undefined) {
    return (
      <header class="page-head">
        <h1>We do not know this order</h1>
        <p class="lead">
          Orders stay on the device they were made on. <a href={paths.account}>See the orders of this one</a>
        </p>
      </header>
    )
  }
  return (
    <div class="thanks">
      <ParcelScene />
      <h1>Thank you. The kettle is on.</h1>
      <p class="lead">
        Order <strong data-testid="order-id">{order.id}</strong> is on our counter. A confirmation would now go to {order.email}.
      </p>
      <section class="summary" aria-label="What you ordered">
        <ul class="summary-lines">
          {order.lines.map((line) => (
            <li key={line.sku}>
              <span>
                {line.quantity} × {line.name}, {line.variantName}
              </span>
              <span>{formatCents(line.priceCents * line.quantity)}</span>
            </li>
          ))}
        </ul>
        <TotalsTable totals={order.totals} coupon={order.coupon} wrappingCents={order.wrappingCents} />
      </section>
      <p class="hero-buttons">
        <a class="button" href={paths.account} data-testid="see-orders">
          See your orders
        </a>
        <a class="button is-quiet" href={paths.home}>
          Back to the shelves
        </a>
      </p>
    </div>
  )
}
