import { isPresent } from './defaults.ts'
import { decimalText } from './derived-total.ts'
import { parseMoney } from './money.ts'
import type { Notes } from './notes.ts'

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A line of a cart or a checkout, which holds a variant, or a variant itself, which holds a product. */
export const isShopifyLine = (line: unknown): line is Fields =>
  isObject(line) && (isVariant(line) || Object.hasOwn(line, 'finalLinePrice') || variantOf(line) !== null)

const isVariant = (line: Fields): boolean => isObject(line.product) && !isPresent(line.product_id)

/**
 * One product line in our words. The variant goes into the repairs as it was sent; other fields of the line stay as they are, the line's
 * own id as `line_id` and its price as `final_line_price`. A line without a variant is no product, whatever id the line has.
 */
export function readShopifyLine(line: Fields, path: string, notes: Notes): Fields {
  const found = isVariant(line) ? { place: null, variant: line } : variantOf(line)
  const variant = found?.variant ?? {}
  if (found !== null) {
    const field = found.place === null ? path : `${path}.${found.place}`
    notes.repairs.push({ field, from: variant, to: variant.title ?? null, rule: 'VC-SHOPIFY' })
  }
  const { id, title, finalLinePrice, cost, variant: option, image, merchandise: _, product: __, ...rest } = line
  const product = isObject(variant.product) ? variant.product : {}
  const linePrice = finalLinePrice ?? (isObject(cost) ? cost.totalAmount : undefined)
  const { price: __listed, ...others } = rest
  return {
    ...others,
    ...present({
      line_id: variant === line ? null : id,
      product_id: product.id ?? variant.id,
      variant_id: variant.id,
      sku: variant.sku,
      name: product.title ?? title,
      brand: product.vendor,
      category: product.type,
      variant: variant.title ?? (isObject(option) ? null : option),
      ...unitPrice(variant.price ?? rest.price, linePrice, rest.quantity),
      url: product.url,
      image_url: isObject(variant.image) ? variant.image.src : image,
      final_line_price: linePrice,
    }),
  }
}

function variantOf({ variant, merchandise }: Fields): { readonly place: string; readonly variant: Fields } | null {
  if (isObject(variant)) return { place: 'variant', variant }
  return isObject(merchandise) ? { place: 'merchandise', variant: merchandise } : null
}

const present = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => isPresent(value)))

/**
 * What one piece costs after the discount on the line, and the discount. Where the line's price cannot be divided by its pieces without a
 * rest, neither is known: `final_line_price` has the sum.
 */
function unitPrice(
  listPrice: unknown,
  linePrice: unknown,
  quantity: unknown,
): { readonly price?: unknown; readonly discount?: unknown } {
  if (!isPresent(linePrice)) return { price: listPrice }
  const list = parseMoney(listPrice)
  const sum = parseMoney(linePrice)
  const pieces = quantity ?? 1
  if (sum.status !== 'ok' || typeof pieces !== 'number' || !Number.isSafeInteger(pieces) || pieces < 1)
    return { price: listPrice }
  if (BigInt(sum.minor) % BigInt(pieces) !== 0n) return {}
  const minor = Number(BigInt(sum.minor) / BigInt(pieces))
  if (list.status !== 'ok' || list.currency !== sum.currency) return { price: amountOf(minor, sum.currency) }
  if (list.minor === minor) return { price: listPrice }
  const off = list.minor - minor
  return { price: amountOf(minor, sum.currency), ...(off > 0 ? { discount: amountOf(off, sum.currency) } : {}) }
}

const amountOf = (minor: number, currency: string) => ({ amount: Number(decimalText(minor, currency)), currencyCode: currency })
