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
  })

  test('and nowhere by what stops at the first difference', () => {
    // Whether one was given may be asked; which one was, not.
    const compared =
      /\b\w*(?:secret|write)_?keys?\b(?:\[\d\])?\s*(?:[!=]==?(?!=)(?!\s*(?:undefined|null|''|""))|\.(?:includes|indexOf|startsWith|endsWith|has|localeCompare|match)\()/i
    const other = /[!=]==?\s*\w*\.?(?:secret|write)_?keys?\b(?!\s*[.(?])/i
    const found = [...texts].flatMap(([file, text]) =>
      text.split('\n').flatMap((line) => (compared.test(line) || other.test(line) ? [`${file}: ${line.trim()}`] : [])),
    )
    expect(texts.size).toBeGreaterThan(100)
    expect(found).toEqual([])
  })
})
