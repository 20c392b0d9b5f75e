import { svgElement } from './dom.ts'

// Drawn on a field of 16 by 16, stroked in the colour of the text around them.
const paths = {
  tick: 'M3 8.5 6.5 12 13 4.5',
  copies: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M5 3v10l8-5z',
  cross: 'm4 4 8 8M12 4l-8 8',
  dot: 'M8 8h.01',
  warning: 'M8 2 1.5 13.5h13zM8 6.5v3M8 11.5h.01',
  door: 'M4 13.5V3.4l6-1.4v12.6zM10 13.5h2.5M7.6 8h.01',
  leave: 'M6.5 2.5h-4v11h4M6 8h8m-3-3 3 3-3 3',
  retry: 'M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3',
} as const

export type IconName = keyof typeof paths

/** A small picture beside a word. It says nothing that the word does not, so that screen readers pass over it. */
export const icon = (name: IconName): SVGElement =>
  svgElement('svg', { viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' }, svgElement('path', { d: paths[name] }))
