import { expect, test } from 'vitest'
import { readReprocess } from '../../src/reprocess/routes.ts'

const project = {
  id: 'default',
  writeKeys: ['wk'] as const,
  secretKeys: ['sk'] as const,
  origins: [],
  baseCurrency: 'EUR',
  timeZone: 'Europe/Berlin',
  retentionDays: {},
  quarantineMaxBytes: 2 ** 28,
  path: null,
}

const cursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

test.each<{ name: string; body: unknown; says: RegExp }>([
  { name: 'nothing', body: null, says: /The body is an object with some of these: names, from, to, dry_run, cursor/ },
  { name: 'a list', body: [], says: /The body is an object/ },
  { name: 'a field that it does not have', body: { name: 'kauf' }, says: /The body is an object/ },
  { name: 'no names', body: { names: [] }, says: /names does not have its shape/ },
  { name: 'a name that is none', body: { names: [7] }, says: /names does not have its shape/ },
  { name: 'a name longer than any', body: { names: ['a'.repeat(65)] }, says: /names does not have its shape/ },
  { name: 'too many names', body: { names: Array.from({ length: 501 }, () => 'a') }, says: /names does not have its shape/ },
  { name: 'a word for yes', body: { dry_run: 'yes' }, says: /dry_run does not have its shape/ },
  { name: 'a period that is none', body: { from: 'yesterday' }, says: /from and to take a day/ },
  { name: 'a cursor that is no JSON', body: { cursor: 'e30e' }, says: /cursor is not one/ },
  { name: 'a cursor of something else', body: { cursor: cursor(['p1', 'kauf', 'rename', 1]) }, says: /cursor is not one/ },
  { name: 'a cursor of no stage', body: { cursor: cursor(['r1', 'kauf', '__proto__', 1]) }, says: /cursor is not one/ },
  { name: 'a cursor before the beginning', body: { cursor: cursor(['r1', 'kauf', 'rename', -1]) }, says: /cursor is not one/ },
])('$name is refused', ({ body, says }) => {
  expect(readReprocess(body, project)).toMatchObject({
    kind: 'refused',
    code: 'bad_parameter',
    detail: expect.stringMatching(says),
  })
})

test('days are those of the project, the last one included', () => {
  expect(readReprocess({ names: ['kauf', '\ud800'], from: '2026-11-20', to: '2026-11-21', dry_run: true }, project)).toEqual({
    kind: 'ask',
    ask: {
      names: ['kauf', '\ufffd'],
      from: Date.UTC(2026, 10, 19, 23),
      to: Date.UTC(2026, 10, 21, 23),
      isDryRun: true,
      cursor: null,
    },
  })
})
