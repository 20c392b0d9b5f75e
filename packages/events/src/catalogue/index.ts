import type * as v from 'valibot'
import { loggedIn, loggedOut, signedUp } from './account.ts'
import { pageViewed, productClicked, productListViewed, productSearched, productViewed } from './browsing.ts'
import {
  cartAbandoned,
  cartViewed,
  couponApplied,
  couponRemoved,
  productAdded,
  productAddedToWishlist,
  productRemoved,
  productRemovedFromWishlist,
} from './cart.ts'
import { checkoutStarted, checkoutStepCompleted, paymentInfoEntered } from './checkout.ts'
import { consentUpdated } from './consent.ts'
import type { EventDefinition } from './define-event.ts'
import { emailClicked, emailOpened, emailUnsubscribed } from './email.ts'
import { experimentViewed } from './experiment.ts'
import { orderCancelled, orderCompleted, orderRefunded, orderUpdated, posPurchaseCompleted } from './order.ts'
import { adClicked, adViewed, promotionClicked, promotionViewed } from './promotion.ts'
import { storeVisited } from './store.ts'

// In the order of a visit: the reference keeps it.
const definitions = [
  pageViewed,
  productSearched,
  productListViewed,
  productClicked,
  productViewed,
  productAdded,
  productRemoved,
  cartViewed,
  cartAbandoned,
  productAddedToWishlist,
  productRemovedFromWishlist,
  couponApplied,
  couponRemoved,
  checkoutStarted,
  checkoutStepCompleted,
  paymentInfoEntered,
  orderCompleted,
  orderUpdated,
  orderCancelled,
  orderRefunded,
  posPurchaseCompleted,
  promotionViewed,
  promotionClicked,
  adViewed,
  adClicked,
  emailOpened,
  emailClicked,
  emailUnsubscribed,
  signedUp,
  loggedIn,
  loggedOut,
  storeVisited,
  experimentViewed,
  consentUpdated,
] as const

type Definition = (typeof definitions)[number]

/** The name of an event that the catalogue knows, derived ones included. */
export type EventName = Definition['name']

/** Every event that Footfall knows, by its canonical name, in the order of a visit. */
export const catalogue: ReadonlyMap<string, EventDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
)

/** What a caller may write as the properties of each event of the catalogue. What has a default may be left out. */
export type CatalogueProperties = {
  readonly [D in Sendable as D['name']]: CallerProperties<D> & Extra<D['name']>
}

type Sendable = Extract<Definition, { readonly derived: false }>

type CallerProperties<D extends Sendable> = Written<D['properties']['entries'], keyof D['defaults']>

type Written<F extends v.ObjectEntries, D> = Flat<
  { readonly [P in Needed<F, D>]: v.InferInput<F[P]> } & {
    readonly [P in Exclude<keyof F, Needed<F, D>>]?: v.InferInput<F[P]> | null | undefined
  }
>

type Needed<F extends v.ObjectEntries, D> = {
  [P in keyof F]: P extends D ? never : undefined extends v.InferInput<F[P]> ? never : P
}[keyof F]

// Editors show the properties instead of the two halves.
type Flat<T> = { [P in keyof T]: T[P] }

type Extra<N> = N extends keyof ExtraProperties ? ExtraProperties[N] : unknown

/**
 * Properties that a shop adds to events of the catalogue, by declaration merging. They are stored as they are.
 *
 * ```ts
 * declare module '@footfall/events' {
 *   interface ExtraProperties { product_added: { engraving?: string } }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there for shops to fill.
export interface ExtraProperties {}

/**
 * Every event that may be sent, with its properties: what `track()` completes and checks in an editor. A shop adds its own
 * events by declaration merging:
 *
 * ```ts
 * declare module '@footfall/events' {
 *   interface EventMap { quiz_finished: { score: number } }
 * }
 * ```
 */
export interface EventMap extends CatalogueProperties {}
