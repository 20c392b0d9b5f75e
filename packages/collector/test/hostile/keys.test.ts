import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'

const src = join(import.meta.dirname, '../../src')

/** Time that a network adds hides what a comparison takes, so that a test by the clock would prove nothing: what is compared how is read. */
describe('no key is compared in a way that tells how much of it was right', () => {
  const texts = new Map<string, string>()
  beforeAll(async () => {
    const files = (await readdir(src, { recursive: true })).filter((file) => file.endsWith('.ts'))
    for (const file of files) texts.set(file, await readFile(join(src, file), 'utf8'))
  })

  test('keys and signed cookies are compared as digests, whole, in one place each', () => {
    const places = [...texts].filter(([, text]) => /timingSafeEqual\(/.test(text)).map(([file]) => file)
    expect(places.sort()).toEqual(['ingest/authenticate.ts', 'session-cookie.ts'])
    expect(texts.get('ingest/authenticate.ts')).toMatch(
      /for \(const key of keys\) if \(timingSafeEqual\(key\.digest, digest\)\) found = key/,
    )
    expect(texts.get('ops/metrics-access.ts')).toMatch(/const isRight = find\(keys, given\) !== null/)
  })

  test('and nowhere by what stops at the first difference', () => {
    // Whether one was given may be asked; which one was, not.
    const compared =
      /\b(?:\w*(?:secret|write|metrics)_?keys?|(?:access|metrics)\.key)\b(?:\[\d\])?\s*(?:[!=]==?(?!=)(?!\s*(?:undefined|null|''|""))|\.(?:includes|indexOf|startsWith|endsWith|has|localeCompare|match)\()/i
    const other = /[!=]==?\s*(?:\w*\.?(?:secret|write|metrics)_?keys?|(?:access|metrics)\.key)\b(?!\s*[.(?])/i
    // Where an `Authorization` header is read, neither is what it brought.
    const came =
      /\b(?:given|token)\b\s*(?:[!=]==?(?!=)(?!\s*(?:undefined|null))|\.(?:startsWith|endsWith|localeCompare|match)\()|[!=]==?\s*(?:given|token)\b/
    const found = [...texts].flatMap(([file, text]) => {
      const patterns = text.includes('bearerToken(') ? [compared, other, came] : [compared, other]
      const lines = text.split('\n').filter((line) => patterns.some((pattern) => pattern.test(line)))
      return lines.map((line) => `${file}: ${line.trim()}`)
    })
    expect(texts.size).toBeGreaterThan(100)
    expect(found).toEqual([])
  })
})
