import { ParcelScene } from '../art/scenes.tsx'
import { usePage } from '../parts/use-page.ts'
import { paths } from '../routes.ts'

export function LostPage() {
  usePage('Not here', 'not_found')
  return (
    <div class="thanks">
      <ParcelScene />
      <h1>This shelf is empty</h1>
      <p class="lead">There is nothing at this address. It may have been, or the link lost a letter on the way.</p>
      <p class="hero-buttons">
        <a class="button" href={paths.home}>
          To the front of the shop
        </a>
      </p>
    </div>
  )
}
