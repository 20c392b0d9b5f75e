import { Cup, Teapot } from './ceramics.tsx'
import { Leaf } from './leaf.tsx'
import { Notebook } from './paper.tsx'
import { fixed, shades } from './tones.ts'

/** The table by the window: everything the shop is about, at four in the afternoon. */
export function TableScene() {
  return (
    <svg class="scene" viewBox="0 0 720 520" aria-hidden="true" focusable="false">
      <path class="scene-window" d="M96 430V240C96 116 190 40 320 40C450 40 544 116 544 240V430Z" />
      <circle class="scene-sun" cx="412" cy="166" r="58" />
      <path class="scene-hill-far" d="M96 330C150 262 226 262 290 306C356 350 440 268 544 300V430H96Z" />
      <path class="scene-hill" d="M96 378C170 330 238 360 306 372C388 386 462 338 544 356V430H96Z" />
      <path class="scene-frame" d="M96 430V240C96 116 190 40 320 40C450 40 544 116 544 240V430M320 40V430M96 252H544" />
      <Branch />
      <rect class="scene-table" x="20" y="424" width="680" height="22" rx="11" />
      <path class="scene-table-shade" d="M20 435Q20 446 31 446H689Q700 446 700 435Z" />
      <g transform="translate(70 136) scale(.88)">
        <Teapot colours={shades.moss} />
      </g>
      <g transform="translate(324 250) scale(.53)">
        <Cup colours={shades.ochre} />
      </g>
      <g transform="translate(426 216) scale(.62)">
        <Notebook colours={shades.clay} />
      </g>
    </svg>
  )
}

function Branch() {
  return (
    <g class="scene-branch">
      <path d="M622 428C616 340 640 262 612 150" fill="none" stroke={fixed.leafDark} stroke-width="6" stroke-linecap="round" />
      {branch.map(([x, y, turn, size]) => (
        <Leaf key={`${x} ${y}`} x={x} y={y} turn={turn} size={size} fill={turn < 0 ? '#7d9f75' : fixed.leaf} />
      ))}
      <path d="M584 350H662L652 424Q623 434 594 424Z" fill={shades.sky.base} />
      <path d="M636 350H662L652 424Q644 427 634 428Z" fill={shades.sky.dark} opacity=".6" />
      <ellipse cx="623" cy="350" rx="39" ry="8" fill={shades.sky.light} />
    </g>
  )
}

const branch: readonly (readonly [x: number, y: number, turn: number, size: number])[] = [
  [606, 126, -8, 1],
  [590, 182, -52, 0.95],
  [646, 190, 48, 1],
  [588, 242, -62, 0.9],
  [660, 252, 60, 1],
  [598, 304, -54, 0.85],
  [656, 312, 58, 0.85],
]

/** A letter on its way, for confirmations and empty rooms. */
export function ParcelScene() {
  return (
    <svg class="scene scene-small" viewBox="0 0 400 260" aria-hidden="true" focusable="false">
      <circle class="scene-sun" cx="200" cy="124" r="104" />
      <ellipse class="art-shadow" cx="200" cy="228" rx="130" ry="12" />
      <path d="M110 108L200 84L290 108V214L200 232L110 214Z" fill="#d2a673" />
      <path d="M200 132L290 108V214L200 232Z" fill="#b98a58" />
      <path d="M110 108L200 84L290 108L200 132Z" fill="#e2bd8e" />
      <path d="M146 98L238 122V225L256 221V117L164 93Z" fill={shades.moss.base} opacity=".9" />
      <Leaf x={200} y={66} turn={0} size={0.8} />
      <Leaf x={180} y={82} turn={-56} size={0.7} fill="#7d9f75" />
      <Leaf x={220} y={82} turn={56} size={0.7} fill="#7d9f75" />
      <path d="M126 172L176 182M126 186L158 192.5" stroke="#8d6437" stroke-width="4" stroke-linecap="round" />
    </svg>
  )
}
