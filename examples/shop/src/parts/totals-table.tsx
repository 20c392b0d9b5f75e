import type { Totals } from '../cart/totals.ts'
import { formatCents } from '../money.ts'

interface TotalsTableProps {
  readonly totals: Totals
  readonly coupon: string | null
  readonly wrappingCents?: number
}

/** From the goods down to what is paid. */
export function TotalsTable({ totals, coupon, wrappingCents = 0 }: TotalsTableProps) {
  return (
    <dl class="totals">
      <Row name="Goods" cents={totals.goodsCents} />
      {coupon !== null && <Row name={`Coupon ${coupon}`} cents={-totals.discountCents} />}
      <div>
        <dt>Delivery</dt>
        <dd>{totals.shippingCents === 0 ? 'Free' : formatCents(totals.shippingCents)}</dd>
      </div>
      {wrappingCents > 0 && <Row name="Gift wrapping" cents={wrappingCents} />}
      <div class="totals-sum">
        <dt>Total</dt>
        <dd data-testid="total">{formatCents(totals.totalCents + wrappingCents)}</dd>
      </div>
      <div class="totals-note">
        <dt>VAT in it</dt>
        <dd>{formatCents(totals.vatCents)}</dd>
      </div>
    </dl>
  )
}

function Row({ name, cents }: { name: string; cents: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{formatCents(cents)}</dd>
    </div>
  )
}
