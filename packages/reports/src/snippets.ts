/** One way to send an event. In `note`, backticks mark code. */
export interface Snippet {
  readonly title: string
  readonly lead: string
  /** What a person copies. */
  readonly text: string
  readonly note: string
}

export interface SnippetParts {
  readonly scriptUrl: string
  readonly eventsUrl: string
  /** A fresh UUID: the idempotency key of the event that is sent from the terminal. */
  readonly id: string
}

/** Stands where the shop's own write key belongs; this page does not know it. */
export const writeKeyPlaceholder = 'YOUR_WRITE_KEY'

/** How to send the first event. */
export function snippets({ scriptUrl, eventsUrl, id }: SnippetParts): readonly Snippet[] {
  return [
    {
      title: 'From a page',
      lead: 'Put this into the page’s HTML and open the page.',
      text: `<script async src="${scriptUrl}"
  data-write-key="${writeKeyPlaceholder}"
  data-endpoint="${eventsUrl}"
  data-consent="analytics"></script>`,
      note: "Nothing is sent before the visitor agrees. `data-consent` says that they already have, which is fine for a try; later call `footfall.consent({ analytics: 'granted' })` when they do. The address of the page must be listed in `FOOTFALL_ORIGINS` unless the collector serves it.",
    },
    {
      title: 'From a terminal',
      lead: 'Run this on a machine that reaches the collector.',
      text: `curl '${eventsUrl}' -A '' \\
  -H 'content-type: application/json' \\
  -d '{
    "write_key": "${writeKeyPlaceholder}",
    "events": [{
      "id": "${id}",
      "name": "page_viewed",
      "anonymous_id": "first-visitor",
      "page": { "url": "https://shop.example/" },
      "consent": { "analytics": "granted" }
    }]
  }'`,
      note: "The answer says what became of the event. Run it twice and the second is a duplicate: `id` makes an event unique. `-A ''` hides that curl sends it, which would be taken for a bot: kept, but not counted.",
    },
  ]
}
