import type { Product } from './product.ts'

export const ceramics: readonly Product[] = [
  {
    id: 'round-teapot',
    name: 'Round Teapot',
    category: 'ceramics',
    brand: 'Hanna Voss',
    line: 'Stoneware, 800 ml, pours without a drip',
    description:
      'Thrown on a kick wheel, glazed twice. The spout is cut by hand until it pours a thin, quiet stream and stops when you stop. Holds three cups and stays warm for the second.',
    facts: [
      ['Holds', '800 ml'],
      ['Made of', 'Stoneware, speckled'],
      ['Care', 'Dishwasher, if you must'],
    ],
    tags: ['gift'],
    art: { kind: 'teapot' },
    tile: 'blush',
    variantsBy: 'Glaze',
    variants: [
      { id: 'moss', name: 'Moss', sku: 'CER-POT-MOS', priceCents: 6400, tone: 'moss' },
      { id: 'clay', name: 'Clay', sku: 'CER-POT-CLA', priceCents: 6400, tone: 'clay' },
      { id: 'ink', name: 'Ink', sku: 'CER-POT-INK', priceCents: 6900, tone: 'ink', isSoldOut: true },
    ],
  },
  {
    id: 'ridged-cup',
    name: 'Ridged Cup',
    category: 'ceramics',
    brand: 'Hanna Voss',
    line: 'No handle, so it is never too hot',
    description:
      'A cup without a handle asks you to wait until the tea is drinkable. Sixteen ridges keep the fingers off the heat and give the thumb something to do.',
    facts: [
      ['Holds', '220 ml'],
      ['Made of', 'Stoneware'],
      ['Care', 'Dishwasher and microwave'],
    ],
    tags: [],
    art: { kind: 'cup' },
    tile: 'sage',
    variantsBy: 'Glaze',
    variants: [
      { id: 'ochre', name: 'Ochre', sku: 'CER-CUP-OCH', priceCents: 1800, tone: 'ochre' },
      { id: 'sky', name: 'Sky', sku: 'CER-CUP-SKY', priceCents: 1800, tone: 'sky' },
      { id: 'cream', name: 'Cream', sku: 'CER-CUP-CRE', priceCents: 1800, tone: 'cream' },
      { id: 'plum', name: 'Plum', sku: 'CER-CUP-PLU', priceCents: 1800, tone: 'plum' },
    ],
  },
  {
    id: 'painted-gaiwan',
    name: 'Painted Gaiwan',
    category: 'ceramics',
    brand: 'Studio Lau',
    line: 'Porcelain, three parts, one brush stroke',
    description:
      'Lid, bowl and saucer in thin porcelain. The branch is painted in a single breath, so no two are the same and none can be corrected.',
    facts: [
      ['Holds', '120 ml'],
      ['Made of', 'Porcelain'],
      ['Care', 'By hand'],
    ],
    tags: ['gift', 'new'],
    art: { kind: 'gaiwan' },
    tile: 'sky',
    variantsBy: 'Brush',
    variants: [
      { id: 'ink', name: 'Ink blue', sku: 'CER-GAI-INK', priceCents: 4200, tone: 'ink' },
      { id: 'clay', name: 'Iron red', sku: 'CER-GAI-CLA', priceCents: 4200, tone: 'clay' },
    ],
  },
  {
    id: 'matcha-bowl',
    name: 'Matcha Bowl with Whisk',
    category: 'ceramics',
    brand: 'Studio Lau',
    line: 'Wide enough for a proper froth',
    description:
      'A bowl with room for the wrist, and a whisk split from one piece of bamboo. The set that makes ten in the morning an occasion.',
    facts: [
      ['Holds', '450 ml'],
      ['Comes with', 'Bamboo whisk, 80 prongs'],
      ['Care', 'By hand; let the whisk dry upright'],
    ],
    tags: ['gift'],
    art: { kind: 'matcha-bowl' },
    tile: 'linen',
    variantsBy: 'Glaze',
    variants: [
      { id: 'clay', name: 'Clay', sku: 'CER-MAT-CLA', priceCents: 4600, tone: 'clay' },
      { id: 'ink', name: 'Ink', sku: 'CER-MAT-INK', priceCents: 4600, tone: 'ink' },
    ],
  },
  {
    id: 'pebble-plate',
    name: 'Pebble Plate',
    category: 'ceramics',
    brand: 'Hanna Voss',
    line: 'For one slice and a few crumbs',
    description: 'Not quite round, like the stone it is named after. A last batch before the kiln is rebuilt, hence the price.',
    facts: [
      ['Across', '18 cm'],
      ['Made of', 'Stoneware'],
      ['Care', 'Dishwasher'],
    ],
    tags: ['last-pieces'],
    art: { kind: 'plate' },
    tile: 'honey',
    variantsBy: 'Glaze',
    variants: [
      { id: 'cream', name: 'Cream', sku: 'CER-PLA-CRE', priceCents: 1900, formerPriceCents: 2400, tone: 'cream' },
      { id: 'moss', name: 'Moss', sku: 'CER-PLA-MOS', priceCents: 1900, formerPriceCents: 2400, tone: 'moss' },
    ],
  },
]
