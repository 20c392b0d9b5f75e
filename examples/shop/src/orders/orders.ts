import * as v from 'valibot'
import { stored } from '../stored.ts'
import { orderCancelled, orderRefunded, orderUpdated } from '../tracking.ts'
import { Order, type OrderLine, orderTotalCents, refundCents } from './order.ts'

const kept = stored<Order[]>('orders', v.array(Order), [])

/** The orders made on this device, the latest first. */
export const orders = kept.value

export const findOrder = (id: string): Order | undefined => orders.value.find((order) => order.id === id)

export const keepOrder = (order: Order): void => kept.keep([order, ...orders.value])

/** What it costs to have an order wrapped after all, in euro cents. */
export const wrappingPriceCents = 350

export function wrapAsGift(order: Order): void {
  const wrapped = { ...order, wrappingCents: wrappingPriceCents }
  replace(wrapped)
  orderUpdated(wrapped.id, orderTotalCents(wrapped), 'gift_wrapped')
}

export function cancelOrder(order: Order, reason: string): void {
  replace({ ...order, status: 'cancelled' })
  orderCancelled(order.id, orderTotalCents(order), reason)
}

/** Sends a line back. The demo shop trusts its customers: the refund is given at once. */
export function returnLine(order: Order, line: OrderLine, reason: string): void {
  const amountCents = refundCents(order, line)
  const lines = order.lines.map((other) => (other === line ? { ...line, isReturned: true } : other))
  replace({ ...order, lines, status: lines.every((other) => other.isReturned) ? 'returned' : 'placed' })
  orderRefunded({ orderId: order.id, line, amountCents, reason })
}

const replace = (changed: Order): void => kept.keep(orders.value.map((order) => (order.id === changed.id ? changed : order)))
