import type { Product } from './product.ts'

export const paper: readonly Product[] = [
  {
    id: 'garden-notebook',
    name: 'Garden Notebook',
    category: 'paper',
    brand: 'Blatt Bindery',
    line: 'A5, sewn, lies flat from page one',
    description:
      'Sewn in sixteens, so it lies open without being asked. Dotted pages on one side, plain on the other: one for plans, one for what happened.',
    facts: [
      ['Pages', '160, numbered'],
      ['Paper', '100 g, takes a fountain pen'],
      ['Size', 'A5, 148 × 210 mm'],
    ],
    tags: ['gift'],
    art: { kind: 'notebook' },
    tile: 'honey',
    variantsBy: 'Cover',
    variants: [
      { id: 'moss', name: 'Moss', sku: 'PAP-NOT-MOS', priceCents: 1400, tone: 'moss' },
      { id: 'plum', name: 'Plum', sku: 'PAP-NOT-PLU', priceCents: 1400, tone: 'plum' },
      { id: 'ink', name: 'Ink', sku: 'PAP-NOT-INK', priceCents: 1400, tone: 'ink' },
    ],
  },
  {
    id: 'letter-set',
    name: 'Letter Set',
    category: 'paper',
    brand: 'Blatt Bindery',
    line: 'Twelve sheets, twelve envelopes, no excuse',
    description:
      'Cotton paper with a soft edge and lined envelopes. Comes with a stick of sealing wax, because a letter should be hard to open and easy to keep.',
    facts: [
      ['Contains', '12 sheets, 12 envelopes, wax'],
      ['Paper', '120 g cotton'],
      ['Size', 'Envelopes C6'],
    ],
    tags: ['gift'],
    art: { kind: 'letter-set' },
    tile: 'blush',
    variantsBy: 'Lining',
    variants: [
      { id: 'sky', name: 'Sky', sku: 'PAP-LET-SKY', priceCents: 1650, tone: 'sky' },
      { id: 'blush', name: 'Blush', sku: 'PAP-LET-BLU', priceCents: 1650, tone: 'blush' },
    ],
  },
  {
    id: 'fern-wrapping',
    name: 'Fern Wrapping Paper',
    category: 'paper',
    brand: 'Press No. 4',
    line: 'Letterpress, three sheets on a roll',
    description:
      'Printed one colour at a time on a press from 1958, which is why the ferns never quite line up. Strong enough to be folded, kept and used again.',
    facts: [
      ['Contains', '3 sheets, 50 × 70 cm'],
      ['Printed', 'Letterpress, two colours'],
      ['Paper', 'Recycled, 90 g'],
    ],
    tags: ['gift', 'new'],
    art: { kind: 'wrapping-paper' },
    tile: 'linen',
    variantsBy: 'Ground',
    variants: [
      { id: 'moss', name: 'Moss', sku: 'PAP-WRA-MOS', priceCents: 950, tone: 'moss' },
      { id: 'blush', name: 'Blush', sku: 'PAP-WRA-BLU', priceCents: 950, tone: 'blush' },
    ],
  },
  {
    id: 'every-year-calendar',
    name: 'Every-Year Calendar',
    category: 'paper',
    brand: 'Press No. 4',
    line: 'Birthdays stay, weekdays do not',
    description:
      'A calendar without weekdays never runs out. Twelve printed landscapes and room for every birthday you would otherwise remember a day late.',
    facts: [
      ['Pages', '12, one a month, for ever'],
      ['Printed', 'Risograph, three colours'],
      ['Size', '24 × 34 cm'],
    ],
    tags: [],
    art: { kind: 'calendar' },
    tile: 'sky',
    variantsBy: 'Landscape',
    variants: [
      { id: 'coast', name: 'Coast', sku: 'PAP-CAL-COA', priceCents: 2200, tone: 'sky' },
      { id: 'hills', name: 'Hills', sku: 'PAP-CAL-HIL', priceCents: 2200, tone: 'moss' },
    ],
  },
  {
    id: 'cedar-pencils',
    name: 'Cedar Pencils',
    category: 'paper',
    brand: 'Press No. 4',
    line: 'Five, unpainted ends, smell of forest',
    description:
      'Five pencils in incense cedar, lacquered halfway so that the wood shows. Soft enough to shade a leaf, hard enough to sign for a parcel.',
    facts: [
      ['Contains', '5 pencils, HB and 2B'],
      ['Made of', 'Incense cedar'],
      ['Length', '18 cm, at first'],
    ],
    tags: ['last-pieces'],
    art: { kind: 'pencils' },
    tile: 'sage',
    variantsBy: 'Lacquer',
    variants: [
      { id: 'garden', name: 'Garden', sku: 'PAP-PEN-GAR', priceCents: 980, formerPriceCents: 1200, tone: 'moss' },
      { id: 'harbour', name: 'Harbour', sku: 'PAP-PEN-HAR', priceCents: 980, formerPriceCents: 1200, tone: 'ink' },
    ],
  },
]
