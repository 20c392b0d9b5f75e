import { Leaf } from './leaf.tsx'
import { fixed, type Shades } from './tones.ts'

interface Glazed {
  readonly colours: Shades
}

/** Stands on y = 336, like everything on the shelf. */
export function Teapot({ colours }: Glazed) {
  return (
    <>
      <path d="M106 214C34 190 30 302 116 294" fill="none" stroke={colours.dark} stroke-width="17" stroke-linecap="round" />
      <path d="M290 262C330 256 324 204 350 172L374 184C360 214 356 286 286 304Z" fill={colours.base} />
      <path d="M350 172L374 184L370 191L345 179Z" fill={colours.dark} />
      <path d="M150 326H250L244 338H156Z" fill={colours.dark} />
      <path
        d="M95 248C95 186 140 164 200 164C260 164 305 186 305 248C305 302 262 330 200 330C138 330 95 302 95 248Z"
        fill={colours.base}
      />
      <path
        d="M95 248C95 186 140 164 200 164C260 164 305 186 305 248C294 266 280 240 262 254C244 268 226 244 206 256C184 268 168 246 148 258C126 270 108 256 95 248Z"
        fill={colours.light}
        opacity=".75"
      />
      <Speckles />
      <path d="M262 182C292 196 305 218 305 248C305 296 272 322 226 329C276 304 288 236 262 182Z" fill="#1b2621" opacity=".13" />
      <path d="M122 214C130 198 142 190 156 186" fill="none" stroke="#fff" stroke-width="9" stroke-linecap="round" opacity=".4" />
      <path d="M146 168C146 144 172 134 200 134C228 134 254 144 254 168C236 178 164 178 146 168Z" fill={colours.dark} />
      <circle cx="200" cy="126" r="13" fill={colours.base} />
      <circle cx="196" cy="122" r="4" fill="#fff" opacity=".4" />
    </>
  )
}

function Speckles() {
  return (
    <g fill="#1b2621" opacity=".28">
      {speckles.map(([x, y, r]) => (
        <circle key={`${x} ${y}`} cx={x} cy={y} r={r} />
      ))}
    </g>
  )
}

// Placed by eye: chance puts two on each other and none where one is wanted.
const speckles: readonly (readonly [x: number, y: number, r: number])[] = [
  [128, 284, 2],
  [150, 300, 1.5],
  [160, 274, 2.2],
  [184, 312, 1.6],
  [196, 286, 2],
  [222, 300, 2.3],
  [238, 278, 1.6],
  [256, 296, 2],
  [118, 262, 1.4],
  [214, 268, 1.4],
  [142, 226, 1.6],
  [182, 210, 1.8],
  [226, 222, 1.5],
  [246, 204, 1.8],
  [270, 232, 1.6],
]

export function Cup({ colours }: Glazed) {
  return (
    <>
      <Steam x={182} y={142} />
      <path d="M118 180H282L266 320Q200 348 134 320Z" fill={colours.base} />
      {[-3, -2, -1, 0, 1, 2, 3].map((step) => (
        <path
          key={step}
          d={`M${200 + step * 22} ${195 - Math.abs(step) * 2}L${200 + step * 18.5} ${333 - Math.abs(step) * 3.4}`}
          stroke={colours.dark}
          stroke-width="3"
          stroke-linecap="round"
          opacity=".55"
        />
      ))}
      <path d="M250 186H282L266 320Q254 326 240 329Z" fill="#1b2621" opacity=".13" />
      <path d="M134 200L146 312" stroke="#fff" stroke-width="9" stroke-linecap="round" opacity=".35" />
      <ellipse cx="200" cy="180" rx="82" ry="19" fill={colours.light} />
      <ellipse cx="200" cy="182" rx="71" ry="14" fill={colours.dark} />
      <path d="M131 185Q200 172 269 185Q256 196 200 196Q144 196 131 185Z" fill={fixed.tea} />
    </>
  )
}

function Steam({ x, y }: { x: number; y: number }) {
  return (
    <g transform={`translate(${x} ${y})`} class="steam" fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round">
      <path d="M0 12C-12-4 12-16 0-34" />
      <path d="M34 12C22-8 46-20 34-46" />
    </g>
  )
}

export function Gaiwan({ colours }: Glazed) {
  const white = '#fdfbf6'
  return (
    <>
      <ellipse cx="200" cy="322" rx="124" ry="18" fill="#e4dfd2" />
      <ellipse cx="200" cy="317" rx="124" ry="18" fill={white} />
      <ellipse cx="200" cy="315" rx="100" ry="11" fill="#ece7da" />
      <path d="M98 206H302C300 272 262 316 200 316C138 316 100 272 98 206Z" fill={white} />
      <path d="M252 206H302C300 268 268 308 218 315C254 292 262 250 252 206Z" fill="#d9d3c3" opacity=".75" />
      <path d="M130 286C152 262 168 240 214 232" fill="none" stroke={colours.base} stroke-width="5" stroke-linecap="round" />
      <Leaf x={162} y={238} turn={-24} size={0.58} fill={colours.base} vein={colours.dark} />
      <Leaf x={188} y={268} turn={112} size={0.54} fill={colours.light} vein={colours.dark} />
      <Leaf x={222} y={222} turn={58} size={0.6} fill={colours.base} vein={colours.dark} />
      <Leaf x={140} y={262} turn={-70} size={0.44} fill={colours.light} vein={colours.dark} />
      <ellipse cx="200" cy="206" rx="102" ry="15" fill="#efeadf" />
      <path d="M118 202C124 168 158 150 200 150C242 150 276 168 282 202C262 214 138 214 118 202Z" fill={white} />
      <path d="M238 156C262 164 278 180 282 202C272 207 250 210 226 211C250 196 250 172 238 156Z" fill="#d9d3c3" opacity=".75" />
      <path d="M136 190C164 200 236 200 264 190" fill="none" stroke={colours.base} stroke-width="3" />
      <path d="M176 150L182 130H218L224 150Q200 156 176 150Z" fill={white} />
      <ellipse cx="200" cy="130" rx="18" ry="5" fill={colours.base} />
    </>
  )
}

export function MatchaBowl({ colours }: Glazed) {
  return (
    <>
      <path d="M134 322H226L220 336H140Z" fill={colours.dark} />
      <path d="M66 218C68 290 116 328 180 328C244 328 292 290 294 218Z" fill={colours.base} />
      <path
        d="M66 218C67 240 72 258 80 274C104 258 122 282 146 270C172 256 190 284 218 268C240 256 262 276 280 266C290 252 293 236 294 218Z"
        fill={colours.light}
        opacity=".6"
      />
      <path d="M250 218H294C292 284 252 322 196 327C240 302 256 262 250 218Z" fill="#1b2621" opacity=".14" />
      <ellipse cx="180" cy="218" rx="114" ry="27" fill={colours.light} />
      <ellipse cx="180" cy="220" rx="101" ry="21" fill={colours.dark} />
      <path d="M82 224Q180 200 278 224Q256 241 180 241Q104 241 82 224Z" fill={fixed.matcha} />
      <path d="M118 224Q150 212 196 214Q224 216 232 222Q214 234 168 233Q130 232 118 224Z" fill={fixed.matchaFoam} />
      <Whisk />
    </>
  )
}

function Whisk() {
  return (
    <g transform="translate(322 334)">
      <path d="M-30 0Q-34-56-15-84H15Q34-56 30 0Q0 7-30 0Z" fill="#e3c48f" />
      <path
        d="M-22 1Q-25-52-11-82M-12 3Q-14-48-5-82M0 4V-82M12 3Q14-48 5-82M22 1Q25-52 11-82"
        fill="none"
        stroke="#b98f55"
        stroke-width="2.5"
      />
      <path d="M-16-84H16L13-156Q0-162-13-156Z" fill="#d8b379" />
      <path d="M4-86H16L13-156Q9-158 5-159Z" fill="#b98f55" opacity=".5" />
      <path d="M-17-80Q0-74 17-80V-90Q0-84-17-90Z" fill={fixed.outline} />
    </g>
  )
}

export function Plate({ colours }: Glazed) {
  return (
    <>
      <path
        d="M196 112C272 108 322 158 320 222C318 286 268 328 202 328C134 328 82 288 80 222C78 160 122 116 196 112Z"
        fill={colours.base}
      />
      <path d="M300 168C326 214 318 300 222 327C190 332 150 322 128 306C210 322 290 286 300 168Z" fill="#1b2621" opacity=".1" />
      <path
        d="M198 146C252 143 290 178 288 224C286 270 250 298 202 298C152 298 116 268 114 224C113 180 146 149 198 146Z"
        fill={colours.light}
      />
      <path
        d="M198 146C252 143 290 178 288 224C286 270 250 298 202 298C152 298 116 268 114 224C113 180 146 149 198 146Z"
        fill="none"
        stroke={colours.dark}
        stroke-width="2.5"
        opacity=".5"
      />
      <Speckles />
      <Slice />
      <path d="M104 188C112 162 130 142 154 132" fill="none" stroke="#fff" stroke-width="9" stroke-linecap="round" opacity=".5" />
    </>
  )
}

/** A slice of cake, because a plate alone looks hungry. */
function Slice() {
  return (
    <g transform="translate(202 226) rotate(-8)">
      <path d="M-62 12L30-32L58 4V34L-62 42Z" fill="#d29a5b" />
      <path d="M-62 12L30-32L58 4L-62 12Z" fill="#f3dcae" />
      <path d="M-62 27L58 18V24L-62 33Z" fill="#f8edd6" />
      <circle cx="20" cy="-12" r="7" fill={fixed.wax} />
      <circle cx="-8" cy="-2" r="6" fill={fixed.wax} />
      <Leaf x={38} y={-20} turn={66} size={0.34} />
    </g>
  )
}
