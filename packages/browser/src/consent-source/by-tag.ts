import type { Decisions } from '../options.ts'
import { follow } from './follow.ts'
import type { ConsentSource } from './source.ts'

/**
 * Follows a platform from a script tag: with the script tag's tracker, whichever of the two loads first. `data-analytics`,
 * `data-marketing` and so on of its own tag name the platform's categories, where they differ.
 */
export function byTag(source: ConsentSource): void {
  const purposes = { ...source.purposes, ...(document.currentScript?.dataset as { [P in keyof Decisions]?: string }) }
  const start = () => {
    // The stub for early calls has none of these.
    if (window.footfall?.stats) follow(window.footfall, { ...source, purposes })
    else setTimeout(start, 50)
  }
  start()
}
