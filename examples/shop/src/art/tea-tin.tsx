import type { TeaMotif } from '../goods/product.ts'
import { Leaf } from './leaf.tsx'
import { fixed, type Shades } from './tones.ts'

/** A lacquered tin with a paper label; beside it, a little of what is inside. */
export function TeaTin({ motif, colours, scale }: { motif: TeaMotif; colours: Shades; scale: number }) {
  return (
    <>
      <g transform={`translate(188 336) scale(${scale}) translate(-200 -336)`}>
        <path d="M120 136V318Q120 336 200 336Q280 336 280 318V136Z" fill={colours.base} />
        <path d="M120 190Q200 205 280 190V290Q200 305 120 290Z" fill={fixed.paper} />
        <path d="M120 196Q200 211 280 196M120 284Q200 299 280 284" fill="none" stroke={colours.base} stroke-width="2" />
        <g transform="translate(200 247) scale(.92)">
          <Motif motif={motif} colours={colours} />
        </g>
        <path d="M246 146H280V318Q280 329 246 333.5Z" fill="#1b2621" opacity=".12" />
        <path d="M134 150H146V330Q138 328.5 134 326.5Z" fill="#fff" opacity=".22" />
        <path d="M114 98V140Q114 153 200 153Q286 153 286 140V98Z" fill={colours.dark} />
        <path d="M250 108H286V140Q286 148 250 151Z" fill="#1b2621" opacity=".16" />
        <ellipse cx="200" cy="98" rx="86" ry="13" fill={colours.base} />
        <ellipse cx="200" cy="97" rx="66" ry="8.5" fill={colours.light} opacity=".55" />
      </g>
      <g transform="translate(304 334)">
        <Companion motif={motif} />
      </g>
    </>
  )
}

function Motif({ motif, colours }: { motif: TeaMotif; colours: Shades }) {
  switch (motif) {
    case 'sprig':
      return (
        <>
          <path d="M0 40C-2 20 0 0 0-8" fill="none" stroke={colours.dark} stroke-width="3" stroke-linecap="round" />
          <Leaf x={0} y={-12} size={0.82} fill={colours.base} vein={colours.dark} />
          <Leaf x={-21} y={10} turn={-48} size={0.72} fill={colours.light} vein={colours.dark} />
          <Leaf x={21} y={10} turn={48} size={0.72} fill={colours.light} vein={colours.dark} />
        </>
      )
    case 'sun':
      return (
        <>
          {around(14, (turn) => (
            <path key={turn} d="M-3-27L0-41L3-27Z" transform={`rotate(${turn})`} fill={colours.dark} />
          ))}
          <circle r="22" fill={colours.base} />
          <path d="M-22 3Q-11-5 0 3T22 3A22 22 0 0 1-22 3Z" fill={colours.dark} opacity=".5" />
        </>
      )
    case 'bergamot':
      return (
        <>
          <circle r="32" fill="#c9cf6a" />
          <circle r="27" fill={fixed.paper} />
          {around(8, (turn) => (
            <path key={turn} d="M0-4L-8-22Q0-27 8-22Z" transform={`rotate(${turn})`} fill="#dfe08e" />
          ))}
          <Leaf x={30} y={-24} turn={58} size={0.6} fill={fixed.leaf} />
        </>
      )
    case 'jasmine':
      return (
        <>
          <Leaf x={-27} y={18} turn={-64} size={0.66} />
          <Leaf x={27} y={18} turn={64} size={0.66} />
          {around(5, (turn) => (
            <path
              key={turn}
              d="M0-4C-15-16-12-36 0-38C12-36 15-16 0-4Z"
              transform={`rotate(${turn})`}
              fill="#fffdf8"
              stroke={colours.dark}
              stroke-width="2"
            />
          ))}
          <circle r="7" fill={fixed.sun} />
        </>
      )
    case 'orange':
      return (
        <>
          <circle r="33" fill={colours.dark} />
          <circle r="29" fill={fixed.paper} />
          <circle r="26" fill="#f2b35c" />
          {around(9, (turn) => (
            <path key={turn} d="M0-5L-6.5-22Q0-26 6.5-22Z" transform={`rotate(${turn})`} fill="#e88f34" />
          ))}
        </>
      )
    case 'chamomile':
      return (
        <>
          <path d="M0 10C4 24 2 34 6 44" fill="none" stroke={fixed.leafDark} stroke-width="3" stroke-linecap="round" />
          <Daisy size={1} />
        </>
      )
  }
}

function Companion({ motif }: { motif: TeaMotif }) {
  switch (motif) {
    case 'sprig':
      return (
        <>
          <Leaf x={-8} y={-18} turn={64} size={0.78} />
          <Leaf x={20} y={-10} turn={108} size={0.7} fill="#8fae84" />
          <Leaf x={6} y={-34} turn={22} size={0.66} fill="#a9bf8d" />
        </>
      )
    case 'sun':
      return (
        <>
          <path d="M-34-44H34Q30-2 0-2Q-30-2-34-44Z" fill={fixed.paper} />
          <path d="M14-44H34Q31-10 8-3Q18-18 14-44Z" fill={fixed.paperShade} />
          <ellipse cy="-44" rx="34" ry="9" fill={fixed.paperShade} />
          <ellipse cy="-43" rx="28" ry="6.5" fill={fixed.tea} />
        </>
      )
    case 'bergamot':
      return (
        <>
          <circle cx="4" cy="-24" r="25" fill="#c9cf6a" />
          <path d="M20-42A25 25 0 0 1-10-4A30 30 0 0 0 20-42Z" fill="#a3aa48" opacity=".7" />
          <Leaf x={0} y={-52} turn={40} size={0.6} />
        </>
      )
    case 'jasmine':
      return (
        <>
          {(
            [
              [-22, -10],
              [0, -11],
              [22, -10],
              [-11, -27],
              [11, -27],
              [0, -43],
            ] as const
          ).map(([x, y]) => (
            <g key={`${x} ${y}`} transform={`translate(${x} ${y})`}>
              <circle r="11" fill="#6f8360" />
              <path d="M-9-3Q0-12 8-6M-9 4Q0-5 10 2" fill="none" stroke="#a9b792" stroke-width="2.5" stroke-linecap="round" />
            </g>
          ))}
        </>
      )
    case 'orange':
      return (
        <>
          <g transform="rotate(-14)">
            <rect x="-34" y="-18" width="66" height="11" rx="5.5" fill="#9a5a34" />
            <path d="M-34-12.5H32" stroke="#7a4326" stroke-width="2.5" />
          </g>
          <g transform="translate(6 -34)">
            <circle r="22" fill="#d97f2b" />
            <circle r="18" fill="#f6c27a" />
            {around(7, (turn) => (
              <path key={turn} d="M0-3L-5-14Q0-17 5-14Z" transform={`rotate(${turn})`} fill="#e88f34" />
            ))}
          </g>
        </>
      )
    case 'chamomile':
      return (
        <>
          <g transform="translate(-14 -16)">
            <Daisy size={0.62} />
          </g>
          <g transform="translate(18 -14)">
            <Daisy size={0.52} />
          </g>
          <g transform="translate(4 -38)">
            <Daisy size={0.56} />
          </g>
        </>
      )
  }
}

function Daisy({ size }: { size: number }) {
  return (
    <g transform={`scale(${size})`}>
      {around(12, (turn) => (
        <ellipse
          key={turn}
          cy="-22"
          rx="6.5"
          ry="14"
          transform={`rotate(${turn})`}
          fill="#fffdf8"
          stroke="#d8ccb0"
          stroke-width="1.5"
        />
      ))}
      <circle r="13" fill={fixed.sun} />
      <circle r="8" cx="-2" cy="-2" fill="#f3cb75" />
    </g>
  )
}

const around = <T,>(count: number, draw: (turn: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => draw((index * 360) / count))
