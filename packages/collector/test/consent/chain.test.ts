import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginning, checkChain, type Link, linkAfter } from '../../src/consent/chain.ts'

const project = 'shop'

function chainOf(contents: readonly object[], of = project): readonly Link[] {
  const links: Link[] = []
  for (const content of contents) links.push(linkAfter(links.at(-1) ?? { position: 0, hash: beginning(of) }, content))
  return links
}

const anyContents = fc.array(fc.record({ record_id: fc.string(), purposes: fc.jsonValue() }), { minLength: 2, maxLength: 8 })

describe('a chain', () => {
  test('is whole as it was made, and its head is that of its last entry', () => {
    fc.assert(
      fc.property(anyContents, (contents) => {
        const links = chainOf(contents)
        const { position, hash, broken } = checkChain(project, links)
        expect([position, hash, broken]).toEqual([links.length, links.at(-1)?.hash, null])
      }),
    )
  })

  test('shows where it was changed, cut in the middle, added to or put in another order', () => {
    fc.assert(
      fc.property(anyContents, fc.nat(), fc.nat(), (contents, one, other) => {
        const links = chainOf(contents)
        const at = one % (links.length - 1)
        const chosen = links[at]
        if (chosen === undefined) throw new Error('there are at least two')
        const put = (...instead: readonly Link[]): readonly Link[] => [...links.slice(0, at), ...instead, ...links.slice(at + 1)]
        const foundAt = (tampered: readonly Link[]) => checkChain(project, tampered).broken?.position

        expect(foundAt(put({ ...chosen, entry: chosen.entry.replace('{', '{"x":1,') }))).toBe(at + 1)
        expect(foundAt(put({ ...chosen, entry: 'x' }))).toBe(at + 1)
        expect(foundAt(put({ ...chosen, hash: beginning('x') }))).toBe(at + 1)
        expect(foundAt(put())).toBe(at + 1)
        // Removed, with the rest moved up so that there is no hole.
        const closed = put().map((link, index) => ({ ...link, position: index + 1 }))
        expect(foundAt(closed)).toBe(at + 1)
        // Changed and sealed anew: the next one does not follow from it.
        const before = links[at - 1] ?? { position: 0, hash: beginning(project) }
        const forged = linkAfter(before, { ...JSON.parse(chosen.entry), forged: true })
        expect(foundAt(put(forged))).toBe(at + 2)

        const second = links[at + 1 + (other % (links.length - at - 1))]
        if (second === undefined) throw new Error('there is one after it')
        const swapped = links.map((link) =>
          link === chosen
            ? { ...second, position: chosen.position }
            : link === second
              ? { ...chosen, position: second.position }
              : link,
        )
        expect(foundAt(swapped)).toBe(at + 1)
      }),
    )
  })

  test('of another project does not pass for this one', () => {
    expect(checkChain(project, chainOf([{ record_id: 'r' }], 'other')).broken).toEqual({ position: 1, fault: 'changed' })
  })

  test('cannot show that its end was cut off: the head that was noted is missing then', () => {
    const links = chainOf([{ a: 1 }, { a: 2 }, { a: 3 }])
    const seen = new Set<string>()
    const { broken } = checkChain(project, links.slice(0, 2), (hash) => seen.add(hash))
    expect([broken, seen.has(links[1]?.hash ?? ''), seen.has(links[2]?.hash ?? '')]).toEqual([null, true, false])
  })
})
