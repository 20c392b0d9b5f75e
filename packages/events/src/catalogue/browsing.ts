import * as v from 'valibot'
import { defineEvent } from './define-event.ts'
import { optional, required } from './field.ts'
import { currency } from './money.ts'
import { Products, productFields } from './product.ts'
import { Count, Identifier, Ordinal, Text } from './value.ts'

/** What narrows or orders a list: `"brand:Acme"`, or `{ type: "brand", value: "Acme" }`. */
const Choices = v.pipe(
  // Typed by what callers write, so that read-only lists and a shop's own interfaces fit.
  v.array(v.union([v.string(), v.looseObject({ type: v.string(), value: v.string() })])) as v.GenericSchema<
    readonly (string | { readonly type: string; readonly value: string })[]
  >,
  v.title('choices'),
  v.description('List of texts, `"brand:Acme"`, or of objects, `{ "type": "brand", "value": "Acme" }`.'),
)

export const pageViewed = defineEvent({
  name: 'page_viewed',
  meaning: 'A page was shown. Which one stands in the envelope: `page.url`, `page.title`, `page.referrer`, `page.type`.',
  properties: {},
  aliases: ['page_view', 'pageview', '$pageview', 'viewed_page', 'screen_viewed'],
  vocabularies: { ga4: 'page_view', shopify: 'page_viewed' },
})

export const productSearched = defineEvent({
  name: 'product_searched',
  meaning: 'Somebody searched the shop.',
  properties: {
    query: required(Text, 'What was searched for, as typed.'),
    results_count: optional(Count, 'How many products were found; 0 is a search without an answer.'),
    filters: optional(Choices, 'What narrowed the result.'),
    position: optional(Ordinal, 'Place of the result that was chosen.'),
  },
  aliases: [
    'products_searched',
    'search',
    'searched',
    'search_submitted',
    'view_search_results',
    'searched_products',
    'product_search',
    'site_search',
  ],
  vocabularies: { segment: 'Products Searched', ga4: 'search', shopify: 'search_submitted' },
})

export const productListViewed = defineEvent({
  name: 'product_list_viewed',
  meaning: 'A list of products was shown: a category, a collection, recommendations.',
  properties: {
    list_id: optional(Identifier, 'The list.'),
    category: optional(Text, 'The category that the list shows.'),
    products: optional(Products, 'What the list showed, in its order.'),
    filters: optional(Choices, 'What narrowed the list.'),
    sorts: optional(Choices, 'What ordered the list.'),
    ...currency,
  },
  requiredOneOf: [['list_id', 'category']],
  defaults: { list_id: { from: 'category' } },
  aliases: [
    'view_item_list',
    'list_view',
    'collection_viewed',
    'viewed_product_category',
    'product_list_view',
    'viewed_product_list',
    'category_viewed',
    'view_category',
    'viewcategory',
  ],
  vocabularies: { segment: 'Product List Viewed', ga4: 'view_item_list', shopify: 'collection_viewed' },
})

export const productClicked = defineEvent({
  name: 'product_clicked',
  meaning: 'A product in a list was clicked.',
  properties: {
    product_id: required(Identifier, 'The product.'),
    list_id: optional(Identifier, 'The list it stood in.'),
    ...productFields,
    ...currency,
  },
  aliases: ['select_item', 'list_click', 'clicked_product', 'product_click'],
  vocabularies: { segment: 'Product Clicked', ga4: 'select_item' },
})

export const productViewed = defineEvent({
  name: 'product_viewed',
  meaning: "A product's page was shown.",
  properties: {
    product_id: required(Identifier, 'The product.'),
    list_id: optional(Identifier, 'The list it was found in.'),
    ...productFields,
    ...currency,
  },
  aliases: [
    'view_item',
    'product_view',
    'viewed_product',
    'view_product',
    'viewcontent',
    'view_content',
    'product_detail_viewed',
  ],
  vocabularies: { segment: 'Product Viewed', ga4: 'view_item', shopify: 'product_viewed' },
})
