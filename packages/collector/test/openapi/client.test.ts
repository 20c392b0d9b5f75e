import { execFile } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { typesOf } from '@footfall/testkit/openapi-types'
import { expect, test } from 'vitest'
import { openapi } from '../../src/openapi.ts'
import { secretKey, startCollector, temporaryFolder, writeKey } from '../start-collector.ts'

const run = promisify(execFile)
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

/** A till's program, as somebody would write it who has only the description. Lines that must not compile say so. */
const program = `
import createClient from 'openapi-fetch'
import type { paths } from './api.d.ts'

declare const process: { readonly argv: readonly string[] }
const [, , baseUrl = '', writeKey = '', secretKey = ''] = process.argv
const client = createClient<paths>({ baseUrl, headers: { authorization: 'Bearer ' + secretKey } })

const source = await client.PUT('/v1/sources/{id}', { params: { path: { id: 'till-paris' } }, body: { channel: 'pos', currency: 'EUR' } })
const status: 'unseen' | 'live' | 'new' | 'collapsing' | 'silent' | undefined = source.data?.status

const { data: receipt, error } = await client.POST('/v1/events', {
  body: {
    write_key: writeKey,
    events: [
      {
        id: crypto.randomUUID(),
        name: 'pos_purchase_completed',
        occurred_at: new Date().toISOString(),
        source: 'till-paris',
        consent: { analytics: 'granted' },
        properties: { store_id: 'S-1', receipt_id: 'R-1', total: '12.50' },
      },
    ],
  },
})
if (error !== undefined) throw new Error(error.code + ': ' + error.detail)
const accepted: number = receipt.accepted

const rows = await client.GET('/v1/events', { params: { query: { name: 'pos_purchase_completed', limit: 10 } } })
const minor = rows.data?.events.map((row) => ('money' in row ? row.money.total?.minor : null))

const traffic = await client.GET('/v1/reports/traffic', { params: { query: {} } })
const figures = typeof traffic.data === 'object' ? traffic.data : undefined
const revenue: number | undefined = figures?.totals.revenue.minor

const refused = await client.GET('/v1/events', { params: { query: { limit: 0 } } })
const code = refused.error?.code

// @ts-expect-error there is no such route
void (() => client.GET('/v1/nothing'))
// @ts-expect-error a channel is one of a few words
void (() => client.PUT('/v1/sources/{id}', { params: { path: { id: 'x' } }, body: { channel: 'fax' } }))
// @ts-expect-error a batch has a write key
void (() => client.POST('/v1/events', { body: { events: [] } }))
// @ts-expect-error there is no such figure
void (() => figures?.totals.profit)

console.log(JSON.stringify({ accepted, minor, revenue, status, code }))
`

test('a client that is generated from the description compiles, and works', async () => {
  const { url } = await startCollector()
  const folder = await temporaryFolder()
  await symlink(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
  const compilerOptions = {
    ...{ strict: true, noEmit: true, module: 'nodenext', target: 'es2024', lib: ['es2024', 'dom'], types: [] },
    ...{ exactOptionalPropertyTypes: true, allowImportingTsExtensions: true, noUncheckedIndexedAccess: true },
  }
  await Promise.all([
    writeFile(join(folder, 'package.json'), '{"type":"module"}'),
    writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['till.ts'] })),
    writeFile(join(folder, 'api.d.ts'), await typesOf(openapi(['/e']))),
    writeFile(join(folder, 'till.ts'), program),
  ])
  const compiled = await run(process.execPath, [compiler, '-p', folder]).catch((failed: { stdout: string }) => failed)
  expect(compiled.stdout).toBe('')
  const { stdout } = await run(process.execPath, [join(folder, 'till.ts'), url, writeKey, secretKey], { cwd: folder })
  expect(JSON.parse(stdout)).toEqual({ accepted: 1, minor: [1250], revenue: 1250, status: 'unseen', code: 'bad_parameter' })
}, 120_000)
