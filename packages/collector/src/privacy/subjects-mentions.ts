import { createIsTheirs, type Ids, idsOf, ownIds, type Person } from './subjects.ts'

/** Shorter ones ("1", "anna") stand in too many texts that are about something else. */
const minTellingLength = 6

/** Fields that name people, at whatever depth. */
const identityFields: ReadonlySet<string> = new Set(['user_id', 'anonymous_id', 'userId', 'anonymousId'])

/**
 * Does an event, as it was sent, mention the id? Anywhere: as a value, in a text such as an address, as a key, also percent-encoded. As a
 * whole: `u-1` is not mentioned in `u-12`. Ids of less than 6 characters count only where ids of people stand.
 */
export function mentions(sent: unknown, id: string): boolean {
  const isTelling = id.length >= minTellingLength
  const encoded = encodeURIComponent(id.toWellFormed())
  const isIn = (text: string): boolean =>
    text === id || (isTelling && (holdsWhole(text, id) || (encoded !== id && holdsWhole(text, encoded))))
  const stack: { readonly value: unknown; readonly names: boolean }[] = [{ value: sent, names: isTelling }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, names } = next
    // A number where a text belongs is what brings an event into the quarantine.
    if (typeof value === 'string' || typeof value === 'number') {
      if (names && isIn(String(value))) return true
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        if (isTelling && isIn(key)) return true
        stack.push({ value: part, names: isTelling || (Array.isArray(value) ? names : identityFields.has(key)) })
      }
    }
  }
  return false
}

/** Is an event, as the text that was sent, about the person, or does it mention an id that is theirs alone? */
export function createConcerns(person: Person): (raw: string) => boolean {
  const isTheirs = createIsTheirs(person)
  const own = new Set(ownIds(person))
  const ids = idsOf(person).map((id) => ({ id, forms: writtenForms(id) }))
  return (raw) => {
    // Reading JSON costs more than looking for a text.
    const found = ids.filter(({ forms }) => forms.some((form) => raw.includes(form)))
    if (found.length === 0) return false
    const sent: unknown = JSON.parse(raw)
    return isTheirs(idsIn(sent)) || found.some(({ id }) => own.has(id) && mentions(sent, id))
  }
}

/** The forms in which JSON text can hold the id: whatever mentions it holds one of them. */
const writtenForms = (id: string): readonly string[] => [
  ...new Set([JSON.stringify(id).slice(1, -1), JSON.stringify(encodeURIComponent(id.toWellFormed())).slice(1, -1)]),
]

const wordPart = /[\p{L}\p{N}_-]/u

function holdsWhole(text: string, id: string): boolean {
  const [first = '', last = ''] = [[...id][0], [...id].at(-1)]
  for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1)) {
    const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? ''
    const after = [...text.slice(at + id.length, at + id.length + 2)][0] ?? ''
    const isPart = (wordPart.test(first) && wordPart.test(before)) || (wordPart.test(last) && wordPart.test(after))
    if (!isPart) return true
  }
  return false
}

/** Whom an event that was kept as it was sent is about. */
export function idsIn(sent: unknown): Ids {
  const { user_id, anonymous_id } = (typeof sent === 'object' && sent !== null ? sent : {}) as Record<string, unknown> // fields are checked
  return { userId: idText(user_id), anonymousId: idText(anonymous_id) }
}

/** The same, but only as the store links ids: both sent as text, as they have to be. */
export function textIdsIn(sent: unknown): Ids {
  const { user_id, anonymous_id } = (typeof sent === 'object' && sent !== null ? sent : {}) as Record<string, unknown> // fields are checked
  return {
    userId: typeof user_id === 'string' ? idText(user_id) : null,
    anonymousId: typeof anonymous_id === 'string' ? idText(anonymous_id) : null,
  }
}

const idText = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.toWellFormed() : typeof value === 'number' ? String(value) : null
