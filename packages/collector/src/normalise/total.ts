import type { Amounts, StoredAmount } from './amounts.ts'

/**
 * Is the stated total what its stated parts make: subtotal, tax and shipping, or subtotal and shipping where the prices include the tax?
 * Each line may be out by one of the smallest unit, as taxes are rounded line by line. True where a part is not stated: unknown is not 0.
 *
 * @param isTaxIncluded in the source's prices; where it does not say, either will do
 */
export function isTotalOfParts(money: Amounts, lines: number, isTaxIncluded: boolean | undefined): boolean {
  const { total, subtotal, tax, shipping } = money
  const tolerance = BigInt(Math.max(1, lines))
  const isSum = (parts: readonly (StoredAmount | undefined)[]): boolean => {
    let rest = BigInt(total?.minor ?? 0)
    for (const part of parts) {
      if (part === undefined || part.currency !== total?.currency) return true
      rest -= BigInt(part.minor)
    }
    return -tolerance <= rest && rest <= tolerance
  }
  const within = [subtotal, shipping]
  const added = [...within, tax]
  if (isTaxIncluded === undefined) return isSum(added) || isSum(within)
  return isSum(isTaxIncluded ? within : added)
}
