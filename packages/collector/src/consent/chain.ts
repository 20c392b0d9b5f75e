import { hash } from 'node:crypto'
import { canonicalJson } from '../normalise/canonical-json.ts'

/** One entry of the ledger, as it is kept: text and hash, both exactly as they were sealed. */
export interface Link {
  readonly position: number
  readonly entry: string
  /** SHA-256 in hexadecimal over the hash before and this entry. */
  readonly hash: string
}

/** What stands before a project's first entry. Names the project, so that the chains of two cannot be exchanged. */
export const beginning = (project: string): string => sha256(`footfall consent ledger of ${project}`)

const sha256 = (text: string): string => hash('sha256', text, 'hex')

const seal = (previousHash: string, entry: string): string => sha256(previousHash + entry)

/** Puts content at the end of a chain. */
export function linkAfter(before: { readonly position: number; readonly hash: string }, content: object): Link {
  const position = before.position + 1
  const entry = canonicalJson({ ...content, position })
  return { position, entry, hash: seal(before.hash, entry) }
}

/** What is wrong with a chain, and where first. */
export interface Break {
  readonly position: number
  readonly fault: 'changed' | 'missing' | 'out of order'
}

/**
 * Goes along a chain from its beginning. Finds an entry that was changed, removed, put in or moved; not that the last ones were cut
 * off, for which the hash of the last has to be known from before.
 *
 * @param seen is called with each hash on the way
 */
export function checkChain(project: string, links: Iterable<Link>, seen: (hash: string) => void = () => {}): Chain {
  let last = { position: 0, hash: beginning(project) }
  for (const { position, entry, hash: sealed } of links) {
    const expected = last.position + 1
    if (position !== expected) return { ...last, broken: { position: expected, fault: 'missing' } }
    if (positionIn(entry) !== position) return { ...last, broken: { position, fault: faultOf(entry) } }
    if (seal(last.hash, entry) !== sealed) return { ...last, broken: { position, fault: 'changed' } }
    last = { position, hash: sealed }
    seen(sealed)
  }
  return { ...last, broken: null }
}

export interface Chain {
  /** Entries that are whole, from the first. */
  readonly position: number
  readonly hash: string
  readonly broken: Break | null
}

function positionIn(entry: string): unknown {
  try {
    const content: unknown = JSON.parse(entry)
    return typeof content === 'object' && content !== null && 'position' in content ? content.position : null
  } catch {
    return null
  }
}

const faultOf = (entry: string): Break['fault'] => (typeof positionIn(entry) === 'number' ? 'out of order' : 'changed')
