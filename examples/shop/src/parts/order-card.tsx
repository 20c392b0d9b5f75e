import { formatCents } from '../money.ts'
import { type Order, type OrderLine, orderTotalCents, refundCents } from '../orders/order.ts'
import { cancelOrder, returnLine, wrapAsGift, wrappingPriceCents } from '../orders/orders.ts'
import { paths } from '../routes.ts'
import { announce } from './notice.tsx'

const statusNames: Readonly<Record<Order['status'], string>> = {
  placed: 'On our counter',
  cancelled: 'Cancelled',
  returned: 'Returned and refunded',
}

/** An order in the history, with what can still be done about it. */
export function OrderCard({ order }: { order: Order }) {
  const isPlaced = order.status === 'placed'
  const isUntouched = isPlaced && order.lines.every((line) => !line.isReturned)
  return (
    <article class="order" data-testid={`order-${order.id}`}>
      <header>
        <h3>
          <a href={paths.order(order.id)}>{order.id}</a>
        </h3>
        <p class="quiet">
          <time dateTime={order.placedAt}>{new Date(order.placedAt).toLocaleDateString('en-IE', { dateStyle: 'long' })}</time>
          {order.wrappingCents > 0 && ' · wrapped as a gift'}
        </p>
        <p>
          <span class={isPlaced ? 'chip is-granted' : 'chip'} data-testid="order-status">
            {statusNames[order.status]}
          </span>{' '}
          <strong>{formatCents(orderTotalCents(order))}</strong>
        </p>
      </header>
      <ul class="summary-lines">
        {order.lines.map((line) => (
          <li key={line.sku}>
            <span>
              {line.quantity} × {line.name}, {line.variantName}
            </span>
            {line.isReturned ? <span class="quiet">returned</span> : isPlaced && <ReturnButton order={order} line={line} />}
          </li>
        ))}
      </ul>
      {isUntouched && (
        <p class="order-tools">
          {order.wrappingCents === 0 && (
            <button
              type="button"
              class="button is-quiet"
              data-testid="wrap-order"
              onClick={() => {
                wrapAsGift(order)
                announce({ text: 'We wrap it, with a fern in the ribbon.' })
              }}
            >
              Wrap it as a gift, {formatCents(wrappingPriceCents)}
            </button>
          )}
          <button
            type="button"
            class="button is-quiet"
            data-testid="cancel-order"
            onClick={() => {
              cancelOrder(order, 'changed_mind')
              announce({ text: `Order ${order.id} is cancelled.` })
            }}
          >
            Cancel the order
          </button>
        </p>
      )}
    </article>
  )
}

function ReturnButton({ order, line }: { order: Order; line: OrderLine }) {
  return (
    <button
      type="button"
      class="link"
      aria-label={`Return it: ${line.name}, ${line.variantName}`}
      data-testid={`return-${line.productId}-${line.variantId}`}
      onClick={() => {
        const back = formatCents(refundCents(order, line))
        returnLine(order, line, 'did_not_fit')
        announce({ text: `${back} is on its way back to you.` })
      }}
    >
      Return it
    </button>
  )
}
