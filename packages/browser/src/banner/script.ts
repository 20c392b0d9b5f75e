import { type AskedPurpose, showBanner } from './banner.ts'

// Read while the script runs: later there is no current script any more.
const script = document.currentScript as HTMLScriptElement | null
const { purposes, policyUrl, version, count, writeKey, ...text } = script?.dataset ?? {}
let open: (() => void) | undefined

/** The tracker's script may come after this one; every script that has loaded may be it. */
const start = () => {
  // The stub for early calls has no `stats`.
  if (open || !document.body || !window.footfall?.stats) return
  ;({ open } = showBanner(window.footfall, {
    purposes: purposes?.split(/\s+/) as AskedPurpose[] | undefined, // another word is no purpose, and asks for nothing
    policyUrl,
    version,
    count: count && writeKey ? { endpoint: count, writeKey } : undefined,
    text: { [document.documentElement.lang || 'en']: text as Record<string, string> },
  }))
}
addEventListener('load', start, true)
start()

// `<button data-footfall-open>Privacy settings</button>`, anywhere in the page: works without any code of the page's own.
addEventListener('click', ({ target }) => {
  if ((target as Element).closest('[data-footfall-open]')) open?.()
})
