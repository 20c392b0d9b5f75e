import type { Tone } from '../goods/product.ts'

/** Three depths of one colour: lit, body, shaded. */
export interface Shades {
  readonly light: string
  readonly base: string
  readonly dark: string
}

export const shades: Readonly<Record<Tone, Shades>> = {
  moss: { light: '#8fae84', base: '#5f8262', dark: '#3f5f47' },
  clay: { light: '#e29a78', base: '#c4694a', dark: '#964a33' },
  ink: { light: '#6f8ba3', base: '#3b566f', dark: '#263b50' },
  cream: { light: '#fffaf0', base: '#f1e6d0', dark: '#d3c3a4' },
  ochre: { light: '#f0cd86', base: '#d9a441', dark: '#ab7a24' },
  blush: { light: '#f6d5c8', base: '#e6ab98', dark: '#c07f6b' },
  sky: { light: '#c3d8e4', base: '#8fb1c6', dark: '#5f8399' },
  plum: { light: '#a57792', base: '#724862', dark: '#502f44' },
}

/** Colours that no variant changes. */
export const fixed = {
  outline: '#22302b',
  paper: '#fbf6ea',
  paperShade: '#e6dbc4',
  wood: '#c99a6b',
  woodDark: '#9a7047',
  leaf: '#5f8262',
  leafDark: '#3f5f47',
  tea: '#b86b2e',
  matcha: '#8aa858',
  matchaFoam: '#b5cb83',
  wax: '#a8412f',
  sun: '#e8b04a',
} as const
