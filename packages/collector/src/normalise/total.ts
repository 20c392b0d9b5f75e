import type { Amounts } from './amounts.ts'

/**
 * Is the stated total what its stated parts make: subtotal, tax and shipping, or subtotal and shipping where the prices include the tax?
 * Each line may be out by one of the smallest unit, as taxes are rounded line by line. True where a part is not stated: unknown is not 0.
 *
 * @param isTaxIncluded in the source's prices; where it does not say, either will do
 */
export function isTotalOfParts(money: Amounts, lines: number, isTaxIncluded: boolean | undefined): boolean {
  const { total, subtotal, tax, shipping } = money
  if (total === undefined || subtotal === undefined || shipping === undefined) return true
  if (tax === undefined && isTaxIncluded !== true) return true
  const stated = [subtotal, shipping, ...(tax === undefined ? [] : [tax])]
  if (stated.some(({ currency }) => currency !== total.currency)) return true
  const withoutTax = BigInt(subtotal.minor) + BigInt(shipping.minor)
  const sums = [
    ...(isTaxIncluded === true ? [] : [withoutTax + BigInt(tax?.minor ?? 0)]),
    ...(isTaxIncluded === false ? [] : [withoutTax]),
  ]
  const tolerance = BigInt(Math.max(1, lines))
  return sums.some((sum) => distance(sum, BigInt(total.minor)) <= tolerance)
}

const distance = (one: bigint, other: bigint): bigint => (one > other ? one - other : other - one)
