import type { Product, Variant } from '../goods/product.ts'
import { Cup, Gaiwan, MatchaBowl, Plate, Teapot } from './ceramics.tsx'
import { Calendar, LetterSet, Notebook, Pencils, WrappingPaper } from './paper.tsx'
import { TeaTin } from './tea-tin.tsx'
import { shades } from './tones.ts'

/** The drawing of a product in one of its variants, on its tile. Decoration: the name always stands beside it. */
export function ProductArt({ product, variant }: { product: Product; variant: Variant }) {
  return (
    <svg class={`art tile-${product.tile}`} viewBox="0 0 400 400" aria-hidden="true" focusable="false">
      <rect class="art-wall" width="400" height="400" />
      <circle class="art-glow" cx="200" cy="206" r="156" />
      <ellipse class="art-shadow" cx="204" cy="338" rx="132" ry="13" />
      <Drawing product={product} variant={variant} />
    </svg>
  )
}

function Drawing({ product: { art }, variant }: { product: Product; variant: Variant }) {
  const colours = shades[variant.tone]
  switch (art.kind) {
    case 'tin':
      return <TeaTin motif={art.motif} colours={colours} scale={variant.scale ?? 1} />
    case 'teapot':
      return <Teapot colours={colours} />
    case 'cup':
      return <Cup colours={colours} />
    case 'gaiwan':
      return <Gaiwan colours={colours} />
    case 'matcha-bowl':
      return <MatchaBowl colours={colours} />
    case 'plate':
      return <Plate colours={colours} />
    case 'notebook':
      return <Notebook colours={colours} />
    case 'letter-set':
      return <LetterSet colours={colours} />
    case 'wrapping-paper':
      return <WrappingPaper colours={colours} />
    case 'calendar':
      return <Calendar colours={colours} />
    case 'pencils':
      return <Pencils colours={colours} />
  }
}
