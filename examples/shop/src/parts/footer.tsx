import { paths } from '../routes.ts'
import { consentBanner } from '../tracking.ts'

export function Footer() {
  return (
    <footer class="site-footer">
      <div class="footer-columns">
        <section>
          <h2>Blatt</h2>
          <p>A leaf of tea, a leaf of paper: in German it is one word.</p>
          <p>Karlsgasse 12, 04229 Leipzig</p>
        </section>
        <nav aria-label="Letters">
          <h2>Letters</h2>
          <a href={paths.newsletter} data-testid="open-newsletter">
            This month's letter
          </a>
          <a href={paths.unsubscribe('monthly-letter')} data-testid="open-unsubscribe">
            Unsubscribe
          </a>
        </nav>
        <section>
          <h2>Privacy</h2>
          <button type="button" class="link" data-testid="privacy-choices" onClick={consentBanner.open}>
            Privacy choices
          </button>
        </section>
      </div>
      <p class="quiet">
        The demo shop of Footfall. Nothing here is for sale, nothing is charged, and nobody in Leipzig has heard of us.
      </p>
    </footer>
  )
}
