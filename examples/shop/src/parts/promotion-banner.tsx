import { Leaf } from '../art/leaf.tsx'
import { paths } from '../routes.ts'
import { promotionClicked, promotionViewed } from '../tracking.ts'
import { ArrowIcon } from './icons.tsx'
import { useSeen } from './use-seen.ts'

const promotion = {
  promotion_id: 'tea10-november',
  name: 'Ten off for slow afternoons',
  creative: 'leaves-on-green',
  slot: 'home_middle',
  position: 1,
}

export function PromotionBanner() {
  const seen = useSeen<HTMLElement>(() => promotionViewed(promotion))
  return (
    <section class="promotion" ref={seen} aria-labelledby="promotion-title">
      <svg class="promotion-art" viewBox="0 0 240 160" aria-hidden="true" focusable="false">
        <Leaf x={60} y={90} turn={-30} size={1.6} fill="#8fae84" vein="#3f5f47" />
        <Leaf x={120} y={66} turn={8} size={1.9} fill="#c9d7b4" vein="#5f8262" />
        <Leaf x={182} y={94} turn={38} size={1.5} fill="#d9a441" vein="#ab7a24" />
      </svg>
      <div>
        <h2 id="promotion-title">Ten percent off, for slow afternoons</h2>
        <p>
          Use <strong class="code">TEA10</strong> in the cart, on everything, until the leaves are down.
        </p>
      </div>
      <a
        class="button is-light"
        href={paths.category('tea')}
        data-testid="promotion-link"
        onClick={() => promotionClicked(promotion)}
      >
        To the teas <ArrowIcon />
      </a>
    </section>
  )
}
