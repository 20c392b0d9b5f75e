import type { Product, Tone, Variant } from './product.ts'

export const tea: readonly Product[] = [
  {
    id: 'sencha-first-light',
    name: 'Sencha First Light',
    category: 'tea',
    brand: 'Hillside Garden',
    line: 'Spring leaf, steamed, bright as peas',
    description:
      'Picked in the first warm week of April and steamed within the hour. Sweet and grassy, with the faint saltiness of sea air. Forgiving enough for a first green tea, deep enough for the last.',
    facts: [
      ['Water', '70 °C, 90 seconds'],
      ['Leaf', '4 g to 250 ml, three infusions'],
      ['Picked', 'April, by hand'],
    ],
    tags: ['new'],
    art: { kind: 'tin', motif: 'sprig' },
    tile: 'sage',
    variantsBy: 'Weight',
    variants: byWeight('TEA-SEN', 'moss', 890, 1590, 3450),
  },
  {
    id: 'assam-long-morning',
    name: 'Assam Long Morning',
    category: 'tea',
    brand: 'River Estate',
    line: 'Malty second flush that likes milk',
    description:
      'A broken leaf for people who mean it in the morning: amber in two minutes, mahogany in four. Tastes of malt loaf and dark honey, and stands up to milk without going quiet.',
    facts: [
      ['Water', '95 °C, 3 minutes'],
      ['Leaf', '5 g to 300 ml, one infusion'],
      ['Picked', 'June, second flush'],
    ],
    tags: [],
    art: { kind: 'tin', motif: 'sun' },
    tile: 'honey',
    variantsBy: 'Weight',
    variants: byWeight('TEA-ASM', 'clay', 690, 1190, 2600),
  },
  {
    id: 'earl-grey-bergamot',
    name: 'Earl Grey, Real Peel',
    category: 'tea',
    brand: 'River Estate',
    line: 'Black tea with peel, not perfume',
    description:
      'Dried bergamot peel from one orchard in Calabria, cut by hand into a brisk black tea. No flavouring: the scent comes slowly, and stays.',
    facts: [
      ['Water', '90 °C, 3 minutes'],
      ['Leaf', '4 g to 250 ml, two infusions'],
      ['Blended', 'In the back room, on Tuesdays'],
    ],
    tags: ['gift'],
    art: { kind: 'tin', motif: 'bergamot' },
    tile: 'sky',
    variantsBy: 'Weight',
    variants: byWeight('TEA-EGR', 'ink', 750, 1350, 2950),
  },
  {
    id: 'jasmine-pearls',
    name: 'Jasmine Pearls',
    category: 'tea',
    brand: 'Hillside Garden',
    line: 'Rolled by hand, scented for six nights',
    description:
      'Each pearl is two young leaves and a bud, rolled damp between the fingers and laid among fresh jasmine for six nights. They open slowly in the cup, which is half of the pleasure.',
    facts: [
      ['Water', '80 °C, 2 minutes'],
      ['Leaf', 'A dozen pearls a cup, four infusions'],
      ['Scented', 'Six nights, fresh blossom'],
    ],
    tags: ['gift'],
    art: { kind: 'tin', motif: 'jasmine' },
    tile: 'blush',
    variantsBy: 'Weight',
    variants: byWeight('TEA-JAS', 'blush', 1290, 2390, 5400),
  },
  {
    id: 'rooibos-orange',
    name: 'Rooibos & Orange',
    category: 'tea',
    brand: 'Cedar Mountain',
    line: 'Red bush, orange, a little cinnamon',
    description:
      'Long-cut rooibos from the mountains, with orange peel and a splinter of cinnamon. It cannot be brewed too long, contains no caffeine, and is what the evening was missing.',
    facts: [
      ['Water', 'Boiling, 6 minutes or forgotten'],
      ['Leaf', '5 g to 300 ml'],
      ['Caffeine', 'None'],
    ],
    tags: ['caffeine-free'],
    art: { kind: 'tin', motif: 'orange' },
    tile: 'honey',
    variantsBy: 'Weight',
    variants: byWeight('TEA-ROO', 'ochre', 590, 990, 2150),
  },
  {
    id: 'chamomile-field',
    name: 'Chamomile, Whole Heads',
    category: 'tea',
    brand: 'Meadow Seven',
    line: 'Whole flowers from one field',
    description:
      'Whole heads, dried in the shade, from a field of two hectares that a family has cut with the same scythe since 1974. Tastes of apple skin and hay, and of being told to go to bed.',
    facts: [
      ['Water', '95 °C, 5 minutes, covered'],
      ['Leaf', 'A loose handful a pot'],
      ['Caffeine', 'None'],
    ],
    tags: ['caffeine-free', 'new'],
    art: { kind: 'tin', motif: 'chamomile' },
    tile: 'linen',
    variantsBy: 'Weight',
    variants: byWeight('TEA-CHA', 'sky', 640, 1090, 2300),
  },
]

function byWeight(sku: string, tone: Tone, small: number, medium: number, large: number): readonly [Variant, ...Variant[]] {
  return [
    { id: '50g', name: '50 g', sku: `${sku}-050`, priceCents: small, tone, scale: 0.84 },
    { id: '100g', name: '100 g', sku: `${sku}-100`, priceCents: medium, tone, scale: 0.94 },
    { id: '250g', name: '250 g', sku: `${sku}-250`, priceCents: large, tone, scale: 1.05 },
  ]
}
