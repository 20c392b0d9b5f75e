import { MatchaBowl } from '../art/ceramics.tsx'
import { shades } from '../art/tones.ts'
import { paths } from '../routes.ts'
import { adClicked, adViewed } from '../tracking.ts'
import { useSeen } from './use-seen.ts'

const ad = {
  ad_id: 'workshop-autumn-1',
  campaign_id: 'workshop-autumn',
  network: 'house',
  creative_id: 'bowl',
  placement: 'home_bottom',
}

/** An advertisement, labelled as one. It is shown to everyone; that it was seen is told only with consent to marketing. */
export function AdSlot() {
  const seen = useSeen<HTMLElement>(() => adViewed(ad))
  return (
    <aside class="ad" ref={seen} aria-label="Advertisement">
      <p class="ad-label">Advertisement</p>
      <svg viewBox="40 130 330 220" aria-hidden="true" focusable="false">
        <MatchaBowl colours={shades.plum} />
      </svg>
      <div>
        <h2>Throw your own bowl</h2>
        <p>One Saturday, one wheel, one bowl that is entirely your fault. With Hanna Voss, in our back room.</p>
        <a class="button is-quiet" href={paths.workshop} data-testid="ad-link" onClick={() => adClicked(ad)}>
          See the dates
        </a>
      </div>
    </aside>
  )
}
