import { realNames, realWords } from './real-words.ts'

/** A slip, and what was meant. */
export interface TypoReading {
  /** The canonical name. */
  readonly name: string
  /** The name or alias that was meant, as it is spelled. */
  readonly meant: string
  /** Letters added, left out, exchanged, or swapped with their neighbour. */
  readonly distance: number
}

/**
 * Makes a reader of misspelt names (EN-TYPO). It compares word by word, with the same number of words; a word under 4 letters allows no
 * slip, under 8 one, a longer one two, a name two in all. It answers only where one canonical name is nearer than every other, and never
 * where a word of the name is a word of its own: real words, and two letters before a word (`incomplete`, `unsubscribed`), which change its
 * meaning.
 *
 * @param targets names of two or more words, each with the canonical name that it stands for; `null` for a name that stands for itself and
 * is no slip. Others are ignored.
 */
export function createTypoReader(targets: Iterable<readonly [target: string, name: string | null]>) {
  const byWordCount = new Map<number, Target[]>()
  for (const [target, name] of targets) {
    if (!severalWords.test(target)) continue
    const words = target.split('_')
    const sameCount = byWordCount.get(words.length)
    if (sameCount === undefined) byWordCount.set(words.length, [{ target, name, words }])
    else sameCount.push({ target, name, words })
  }

  /** @param form a name in its normalised form that is no target itself */
  return function readTypo(form: string): TypoReading | null {
    if (realNames.has(form) || !severalWords.test(form)) return null
    const words = form.split('_')
    let best: (Target & { distance: number }) | null = null
    let isTied = false
    for (const target of byWordCount.get(words.length) ?? []) {
      if (Math.abs(form.length - target.target.length) > maxSlips) continue
      const distance = slipsBetween(words, target.words)
      if (distance === null) continue
      if (best === null || distance < best.distance) {
        best = { ...target, distance }
        isTied = false
      } else if (distance === best.distance && target.name !== best.name) isTied = true
    }
    if (best === null || best.name === null || isTied) return null
    return { name: best.name, meant: best.target, distance: best.distance }
  }
}

interface Target {
  readonly target: string
  readonly name: string | null
  readonly words: readonly string[]
}

/** Longer than any name that is stored. */
const severalWords = /^[a-z]{1,64}(?:_[a-z]{1,64}){1,31}$/

const maxSlips = 2

function slipsBetween(words: readonly string[], target: readonly string[]): number | null {
  let slips = 0
  for (let index = 0; index < target.length; index += 1) {
    const word = words[index] ?? ''
    const meant = target[index] ?? ''
    if (word === meant) continue
    const allowed = Math.min(slipsAllowed(meant), maxSlips - slips)
    if (allowed === 0 || realWords.has(word)) return null
    const distance = editDistance(word, meant, allowed)
    if (distance > allowed || hasOtherHead(word, meant, distance)) return null
    slips += distance
  }
  return slips
}

const slipsAllowed = (word: string): number => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2)

/** Two slips, both before all that the words share, are a prefix and another word: `subscribed`, `resubscribed`, `incomplete`. */
function hasOtherHead(word: string, meant: string, distance: number): boolean {
  if (distance < 2) return false
  const tail = Math.min(word.length, meant.length) - 2
  return (
    word.endsWith(meant.slice(meant.length - tail)) ||
    (word.length !== meant.length && (word.endsWith(meant) || meant.endsWith(word)))
  )
}

/**
 * Optimal string alignment: how many letters have to be added, left out, exchanged, or swapped with their neighbour. Above `limit` the
 * answer is `limit + 1`, sooner than the true distance would be known.
 */
export function editDistance(from: string, to: string, limit: number): number {
  const beyond = limit + 1
  if (Math.abs(from.length - to.length) > limit) return beyond
  // What both begin and end with costs nothing, and what is left between is short.
  let start = 0
  let fromEnd = from.length
  let toEnd = to.length
  while (start < fromEnd && start < toEnd && from.charCodeAt(start) === to.charCodeAt(start)) start += 1
  while (fromEnd > start && toEnd > start && from.charCodeAt(fromEnd - 1) === to.charCodeAt(toEnd - 1)) {
    fromEnd -= 1
    toEnd -= 1
  }
  const rows = fromEnd - start
  const columns = toEnd - start
  if (rows === 0 || columns === 0) return Math.min(rows + columns, beyond)
  if (limit === 1) return isOneSlip(from, to, start, rows, columns) ? 1 : beyond
  return Math.min(alignmentOf(from.slice(start, fromEnd), to.slice(start, toEnd), limit), beyond)
}

/** One letter for another, or two swapped: all that one slip can leave when both texts begin and end differently. */
const isOneSlip = (from: string, to: string, start: number, rows: number, columns: number): boolean =>
  (rows === 1 && columns === 1) || (rows === 2 && columns === 2 && from[start] === to[start + 1] && from[start + 1] === to[start])

function alignmentOf(from: string, to: string, limit: number): number {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column)
  let leastOfLast = 0
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    let least = row
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from.charCodeAt(row - 1) === to.charCodeAt(column - 1)
      let distance = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (isSame ? 0 : 1))
      if (!isSame && row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        distance = Math.min(distance, at(beforeLast, column - 2) + 1)
      }
      current.push(distance)
      if (distance < least) least = distance
    }
    // A swap reaches back two rows, so both have to be beyond the limit.
    if (least > limit && leastOfLast > limit) return limit + 1
    leastOfLast = least
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

/** No row is read outside its columns. */
const at = (row: readonly number[], column: number): number => row[column] ?? 0
