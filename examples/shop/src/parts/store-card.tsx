import { signal } from '@preact/signals'
import { storeVisited } from '../tracking.ts'
import { CheckIcon } from './icons.tsx'

const hasCheckedIn = signal(false)

/** The shop with a door. Checking in tells that the visitor came, if marketing may know. */
export function StoreCard() {
  return (
    <section class="store" aria-labelledby="store-title">
      <h2 id="store-title">Visit our store</h2>
      <p>
        Karlsgasse 12, Leipzig
        <br />
        Tuesday to Saturday, 11 to 18
      </p>
      <p class="quiet">The kettle is on. Check in at the counter and the first cup is ours.</p>
      {hasCheckedIn.value ? (
        <p class="done" role="status" data-testid="store-checked-in">
          <CheckIcon /> You are checked in. Ask for the first flush.
        </p>
      ) : (
        <button
          type="button"
          class="button is-quiet"
          data-testid="store-check-in"
          onClick={() => {
            hasCheckedIn.value = true
            storeVisited('store-leipzig')
          }}
        >
          I am here: check in
        </button>
      )}
    </section>
  )
}
