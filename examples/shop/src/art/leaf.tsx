import { fixed } from './tones.ts'

interface LeafProps {
  readonly x: number
  readonly y: number
  /** Degrees, clockwise; at 0 the tip points up. */
  readonly turn?: number
  readonly size?: number
  readonly fill?: string
  readonly vein?: string
}

/** The shop's mark, and the motif that tea, clay and paper share: a single leaf, 64 units high at size 1. */
export function Leaf({ x, y, turn = 0, size = 1, fill = fixed.leaf, vein = fixed.leafDark }: LeafProps) {
  return (
    <g transform={`translate(${x} ${y}) rotate(${turn}) scale(${size})`}>
      <path d="M0-34C20-16 19 12 0 30C-19 12-20-16 0-34Z" fill={fill} />
      <path
        d="M0-22V36M0-6L9-14M0 8L10-1M0-6L-9-14M0 8L-10-1"
        fill="none"
        stroke={vein}
        stroke-width="2"
        stroke-linecap="round"
      />
    </g>
  )
}
