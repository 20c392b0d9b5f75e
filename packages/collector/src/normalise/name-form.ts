/** The normalised form of a name: `Product Added`, `productAdded`, `product-added` and `PRODUCT.ADDED` are one name (EN-FORM). */
export const normaliseName = (name: string): string =>
  name
    .normalize('NFKC')
    .trim()
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[\s\-./:]+/g, '_')
    .replace(/_+/g, '_')
    .replace(/^_|_$/g, '')
