import { element } from './dom.ts'

/** One of some things, or all of them. */
export interface Choice {
  readonly root: HTMLSelectElement
  /** `undefined` means all. */
  chosen(): string | undefined
  /** Offers other things; what was chosen stays so if it is still among them. */
  offer(options: readonly (readonly [value: string, word: string])[]): void
}

export function createChoice(id: string, onChoose: () => void): Choice {
  const root = element('select', { id })
  root.addEventListener('change', onChoose)
  return {
    root,
    // The empty text is a thing like others: events without a source have it for one.
    chosen: () => (root.value === '' ? undefined : root.value.slice(1)),
    offer(options) {
      const before = root.value
      const all = element('option', { value: '' }, 'All')
      root.replaceChildren(all, ...options.map(([value, word]) => element('option', { value: `=${value}` }, word)))
      root.value = before
      if (root.selectedIndex < 0) all.selected = true
    },
  }
}
