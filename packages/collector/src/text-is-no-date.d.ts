/**
 * `new Date(text)` and `Date.parse(text)` guess: what comes of a text is no date here, so that the compiler finds every use of one, by
 * whatever name the text goes. Foreign texts are read by `parseDate`, our own instants by `readInstant`.
 */
interface DateConstructor {
  new (text: string): unknown
  new (at: number): Date
  new (value: string | number): unknown
  parse(text: string): unknown
}
