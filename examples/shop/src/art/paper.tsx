import { Leaf } from './leaf.tsx'
import { fixed, type Shades } from './tones.ts'

interface Coloured {
  readonly colours: Shades
}

export function Notebook({ colours }: Coloured) {
  return (
    <>
      <g transform="rotate(9 210 226)">
        <rect x="120" y="112" width="170" height="222" rx="8" fill={fixed.paperShade} />
        <rect x="124" y="108" width="170" height="222" rx="8" fill={fixed.paper} />
        {[140, 162, 184, 206, 228, 250, 272, 294].map((y) => (
          <path key={y} d={`M146 ${y}H276`} stroke="#c8bfa9" stroke-width="3" stroke-dasharray="1 12" stroke-linecap="round" />
        ))}
      </g>
      <g transform="rotate(-6 190 226)">
        <path d="M108 338H284L288 330V112H280Z" fill={fixed.paperShade} />
        <rect x="100" y="106" width="180" height="228" rx="9" fill={colours.base} />
        <path d="M100 115Q100 106 109 106H128V334H109Q100 334 100 325Z" fill={colours.dark} />
        <Leaf x={196} y={196} size={1.15} fill={colours.light} vein={colours.dark} />
        <Leaf x={168} y={226} turn={-52} size={0.85} fill={colours.light} vein={colours.dark} />
        <Leaf x={224} y={226} turn={52} size={0.85} fill={colours.light} vein={colours.dark} />
        <path d="M196 226V272" stroke={colours.dark} stroke-width="3.5" stroke-linecap="round" />
        <path d="M258 106V334" stroke={fixed.outline} stroke-width="6" opacity=".75" />
        <path d="M140 116H246" stroke="#fff" stroke-width="4" opacity=".25" stroke-linecap="round" />
      </g>
      <path d="M152 332L148 362L158 354L168 361L164 330Z" fill={fixed.wax} />
    </>
  )
}

export function LetterSet({ colours }: Coloured) {
  return (
    <>
      <g transform="rotate(-7 200 220)">
        <rect x="116" y="92" width="176" height="220" rx="3" fill={fixed.paper} />
        <path d="M140 124H240M140 144H264M140 164H250M140 184H262" stroke="#c2b8a1" stroke-width="3.5" stroke-linecap="round" />
        <path d="M116 92H292V97H116Z" fill={fixed.paperShade} />
      </g>
      <g transform="rotate(4 200 260)">
        <path d="M78 202L200 128L322 202V206H78Z" fill={colours.base} />
        <path d="M96 203L200 140L304 203Z" fill={colours.light} />
        <Leaf x={172} y={184} turn={-34} size={0.36} fill={colours.base} vein={colours.dark} />
        <Leaf x={228} y={184} turn={34} size={0.36} fill={colours.base} vein={colours.dark} />
        <path d="M84 202H316Q322 202 322 208V326Q322 334 314 334H86Q78 334 78 326V208Q78 202 84 202Z" fill="#f4ead6" />
        <path d="M78 208L200 282L322 208V214L200 294L78 214Z" fill="#d9ccb0" />
        <path d="M80 330L166 264M320 330L234 264" stroke="#d9ccb0" stroke-width="3" />
        <g transform="translate(200 280)">
          <path d="M-2-27C12-31 24-20 27-7C31 8 20 22 6 26C-9 31-24 20-27 6C-30-9-18-24-2-27Z" fill={fixed.wax} />
          <circle r="17" fill="#8f3324" />
          <Leaf x={0} y={1} size={0.36} fill="#c45f4a" vein="#8f3324" />
        </g>
      </g>
    </>
  )
}

export function WrappingPaper({ colours }: Coloured) {
  return (
    <g transform="translate(200 226) rotate(-24) scale(.9) translate(-200 -230)">
      <Roll y={158} colours={{ light: colours.base, base: colours.light, dark: colours.dark }} />
      <Roll y={238} colours={colours} />
      <path d="M176 150V326M226 150V326" stroke={fixed.woodDark} stroke-width="5" />
      <path
        d="M176 238C150 206 128 226 150 240C160 246 170 244 176 238C190 204 216 214 204 234C196 246 184 244 176 238Z"
        fill="none"
        stroke={fixed.woodDark}
        stroke-width="5"
      />
    </g>
  )
}

function Roll({ y, colours }: { y: number; colours: Shades }) {
  return (
    <g transform={`translate(0 ${y})`}>
      <path d="M52 0H338V84H52Z" fill={colours.base} />
      {[78, 122, 166, 210, 254, 298].map((x, index) => (
        <Leaf
          key={x}
          x={x}
          y={index % 2 === 0 ? 26 : 58}
          turn={index % 2 === 0 ? 42 : 138}
          size={0.56}
          fill={colours.light}
          vein={colours.dark}
        />
      ))}
      {[100, 144, 188, 232, 276].map((x, index) => (
        <circle key={x} cx={x} cy={index % 2 === 0 ? 62 : 22} r="4" fill={colours.dark} />
      ))}
      <path d="M52 62H338V84H52Z" fill="#1b2621" opacity=".13" />
      <ellipse cx="338" cy="42" rx="16" ry="42" fill={fixed.paper} />
      <path
        d="M338 12C350 18 352 66 338 72C326 66 328 26 338 26C346 28 346 56 338 58"
        fill="none"
        stroke="#c2b8a1"
        stroke-width="3"
      />
      <path d="M52 0A16 42 0 0 0 52 84Z" fill={colours.dark} />
    </g>
  )
}

export function Calendar({ colours }: Coloured) {
  return (
    <>
      <path d="M200 66L150 104M200 66L250 104" stroke={fixed.outline} stroke-width="3.5" opacity=".7" />
      <circle cx="200" cy="64" r="7" fill={fixed.woodDark} />
      <rect x="104" y="106" width="200" height="234" rx="5" fill={fixed.paperShade} />
      <rect x="98" y="100" width="200" height="234" rx="5" fill={fixed.paper} />
      <path d="M98 105Q98 100 103 100H293Q298 100 298 105V218H98Z" fill={colours.light} />
      <circle cx="236" cy="150" r="24" fill={fixed.sun} />
      <path d="M98 190C130 160 164 168 190 184C220 202 258 168 298 182V218H98Z" fill={colours.base} />
      <path d="M98 206C140 190 172 210 214 202C248 196 272 206 298 200V218H98Z" fill={colours.dark} />
      <path d="M114 234H176" stroke={fixed.outline} stroke-width="6" stroke-linecap="round" opacity=".8" />
      {Array.from({ length: 28 }, (_, day) => (
        <circle
          key={day}
          cx={118 + (day % 7) * 27}
          cy={256 + Math.floor(day / 7) * 21}
          r={birthdays.includes(day) ? 8.5 : 4}
          fill={birthdays.includes(day) ? fixed.wax : '#b9ae96'}
        />
      ))}
      {[118, 145, 172, 199, 226, 253, 280].map((x) => (
        <path key={x} d={`M${x} 92V110`} stroke={fixed.outline} stroke-width="4" stroke-linecap="round" opacity=".75" />
      ))}
    </>
  )
}

const birthdays = [9, 19]

export function Pencils({ colours }: Coloured) {
  const lacquers = [colours.dark, colours.base, '#c4694a', '#d9a441', colours.light]
  return (
    <g transform="translate(200 222) rotate(12) scale(.93) translate(-205 -212)">
      {lacquers.map((lacquer, index) => (
        <g key={lacquer} transform={`translate(${122 + index * 34} ${[14, 0, 8, -6, 10][index] ?? 0})`}>
          <path d="M0 122L15 78L30 122Z" fill="#e6c79a" />
          <path d="M10 92L15 78L20 92Z" fill={fixed.outline} />
          <rect y="122" width="30" height="104" fill="#dcb684" />
          <path d="M0 122Q5 130 10 122Q15 130 20 122Q25 130 30 122V150H0Z" fill="#dcb684" />
          <rect y="196" width="30" height="136" rx="2" fill={lacquer} />
          <path d="M20 122H30V332H20Z" fill="#1b2621" opacity=".13" />
          <path d="M5 126H10V330H5Z" fill="#fff" opacity=".2" />
        </g>
      ))}
      <path d="M116 236H294V292H116Z" fill={fixed.paper} />
      <path d="M116 242H294M116 286H294" stroke={fixed.wax} stroke-width="3" />
      <Leaf x={205} y={264} turn={90} size={0.5} />
      <path d="M146 264H176M234 264H264" stroke={fixed.outline} stroke-width="3" stroke-linecap="round" opacity=".6" />
    </g>
  )
}
