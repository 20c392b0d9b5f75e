import { execFile, spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createCollector } from '../src/collector.ts'
import { type CollectorOptions, loadOptions, resolveConfig, settings } from '../src/config.ts'
import { keptKeys, subjectSecretOf } from '../src/keys.ts'
import { defaultRegionRules } from '../src/privacy/region-rules.ts'
import { temporaryFolder } from './start-collector.ts'

const keys = { writeKey: 'wk_test', secretKey: 'sk_test_0123456789abcdef' }
const resolved = { writeKeys: ['wk_test'], secretKeys: ['sk_test_0123456789abcdef'] }

test('without any setting there are defaults', () => {
  const { trustedProxies, ...config } = resolveConfig(keys)
  expect(trustedProxies.rules).toEqual([])
  // All of them: a setting that is left out here is a default that nobody has looked at.
  expect(config).toEqual({
    port: 8080,
    host: '127.0.0.1',
    dataDir: join(process.cwd(), '.data'),
    store: { kind: 'sqlite', folder: join(process.cwd(), '.data') },
    path: null,
    limits: { perAddress: { perSecond: 100, burst: 6000 }, perKey: { perSecond: 5000, burst: 300_000 } },
    idCookie: null,
    geoDb: null,
    regionHeader: null,
    regionRules: defaultRegionRules,
    metrics: 'open',
    fxRates: null,
    logLevel: 'info',
    projects: [
      {
        id: 'default',
        ...resolved,
        origins: [],
        baseCurrency: 'EUR',
        timeZone: 'UTC',
        retentionDays: {},
        quarantineMaxBytes: 256 * 2 ** 20,
        path: null,
      },
    ],
    newKeysFor: [],
  })
})

describe('every setting, good and bad', () => {
  const table: readonly { readonly env: string; readonly good: readonly string[]; readonly bad: readonly string[] }[] = [
    { env: 'PORT', good: ['0', '8080', '65535'], bad: ['x', '-1', '65536', '80.5', '0x10'] },
    { env: 'HOST', good: ['0.0.0.0', '::1', 'localhost'], bad: ['a b', 'http://x'] },
    { env: 'FOOTFALL_DATA_DIR', good: ['.data', '/var/lib/footfall'], bad: [' '] },
    { env: 'FOOTFALL_STORE', good: ['memory', 'sqlite:/tmp/x'], bad: ['postgres://x', 'sqlite:', 'sqlite'] },
    {
      env: 'FOOTFALL_PATH',
      good: ['/e', '/a/b-c', '/x.js'],
      bad: ['e', '/', '/v1/events', '/v1', '/e/', '/e?x', '/reports', '/*', '/:x'],
    },
    {
      env: 'FOOTFALL_TRUSTED_PROXIES',
      good: ['127.0.0.1', '10.0.0.0/8, ::1', 'fd00::/8'],
      bad: ['localhost', '10.0.0.0/33', '1.2.3', '::1/129', '10.0.0.0/8/8'],
    },
    { env: 'FOOTFALL_GEO_DB', good: ['/var/lib/places.mmdb'], bad: [' '] },
    { env: 'FOOTFALL_FX_RATES', good: ['/var/lib/rates.csv', 'rates.xml'], bad: [' '] },
    { env: 'FOOTFALL_REGION_HEADER', good: ['cf-ipcountry', 'X-Region'], bad: ['a b', 'x:y'] },
    { env: 'FOOTFALL_LOG_LEVEL', good: ['debug', 'silent'], bad: ['verbose'] },
    {
      env: 'FOOTFALL_WRITE_KEY',
      good: ['wk_a.b-c', 'wk_new, wk_old'],
      bad: ['ab', 'a b c', 'ä'.repeat(20), ',', 'wk_new,a', 'abc,'.repeat(9)],
    },
    {
      env: 'FOOTFALL_SECRET_KEY',
      good: ['0123456789abcdef', '0123456789abcdef,fedcba9876543210'],
      bad: ['short', '0123456789abcde f', '0123456789abcdef,short'],
    },
    {
      env: 'FOOTFALL_METRICS',
      good: ['open', 'off', 'mk_0123456789abcdef'],
      bad: ['closed', 'on', 'mk_0123456789abcde f', keys.secretKey],
    },
    { env: 'FOOTFALL_ID_COOKIE', good: ['off', 'visitor', '__Secure-id'], bad: ['a b', '__Host-id', 'a=b', 'footfall_session'] },
    { env: 'FOOTFALL_LIMIT_PER_ADDRESS', good: ['off', '50', '50:3000', '0.5'], bad: ['0', 'none', '50/s', '50:0', '-1'] },
    { env: 'FOOTFALL_LIMIT_PER_KEY', good: ['off', '5000', '5000:10000'], bad: ['0', 'on', '1e3'] },
    {
      env: 'FOOTFALL_ORIGINS',
      good: ['https://shop.example', 'https://shop.example, http://localhost:3000'],
      bad: ['*', 'shop.example', 'https://shop.example/', 'https://SHOP.example', 'null', 'https://*.shop.example'],
    },
    { env: 'FOOTFALL_BASE_CURRENCY', good: ['EUR', 'JPY'], bad: ['eur', 'EURO', 'XXX', '€'] },
    { env: 'FOOTFALL_TIMEZONE', good: ['UTC', 'Europe/Berlin'], bad: ['Berlin', 'Mars/Base'] },
    {
      env: 'FOOTFALL_RETENTION_DAYS',
      good: ['400', 'analytics=400,marketing=180,quarantine=30'],
      bad: ['0', '-1', '1.5', 'for ever', 'orders=3', 'analytics='],
    },
    { env: 'FOOTFALL_QUARANTINE_MAX_MB', good: ['1', '256', '9999999'], bad: ['0', '-1', '0.5', '256MB', '1e3', '99999999'] },
    {
      env: 'FOOTFALL_URL',
      good: ['https://collect.example', 'http://127.0.0.1:8080', 'https://shop.example/footfall/'],
      bad: [
        'collect.example',
        'ftp://collect.example',
        'https://user:secret@a',
        'https://a?x',
        'https://a#x',
        'https://a b',
        'http://',
      ],
    },
  ]

  test('the table has them all', () => {
    expect(table.map(({ env }) => env).toSorted()).toEqual(settings.map(({ env }) => env).toSorted())
  })

  test.each(table)('$env', async ({ env, good, bad }) => {
    const resolve = async (value: string) =>
      resolveConfig({ ...keys, ...(await loadOptions({ env: { [env]: value }, cwd: '/nowhere' })) })
    for (const value of good) await expect(resolve(value)).resolves.toBeDefined()
    for (const value of bad) {
      await expect(resolve(value), value).rejects.toMatchObject({
        name: 'FootfallError',
        code: 'bad_setting',
        message: expect.stringContaining(env),
      })
    }
  })

  test('a bad value is not repeated: it could be a key', () => {
    expect(() => resolveConfig({ ...keys, secretKey: 'my dear secret' })).toThrow(
      /secretKey \(FOOTFALL_SECRET_KEY\) .* it takes 6 to 256/,
    )
    expect(() => resolveConfig({ ...keys, secretKey: 'my dear secret' })).not.toThrow(/dear/)
  })

  test('a setting of a version to come is refused, not ignored, unless it asks for nothing', async () => {
    expect(await loadOptions({ env: { FOOTFALL_LOG: 'none' }, cwd: '/nowhere' })).toEqual({})
    await expect(loadOptions({ env: { FOOTFALL_LOG: 'nats://127.0.0.1' }, cwd: '/nowhere' })).rejects.toThrow(
      /FOOTFALL_LOG is not supported by this version/,
    )
  })

  test.each([
    { given: 'FOOTFALL_RETENTON_DAYS', meant: 'FOOTFALL_RETENTION_DAYS' },
    { given: 'FOOTFALL_ORIGIN', meant: 'FOOTFALL_ORIGINS' },
    { given: 'FOOTFALL_SECRETKEY', meant: 'FOOTFALL_SECRET_KEY' },
  ])('a slip in the name of a variable is refused: $given', async ({ given, meant }) => {
    const read = loadOptions({ env: { [given]: '1' }, cwd: '/nowhere' })
    await expect(read).rejects.toThrow(`${given} in the environment is no setting; did you mean ${meant}?`)
    await expect(read).rejects.toMatchObject({ code: 'unknown_setting' })
  })

  test.each([
    'FOOTFALL_PORT',
    'FOOTFALL_SERVICE_PORT',
    'FOOTFALL_PORT_8080_TCP',
    'FOOTFALL_UPSTREAM',
    'FOOTFALL_SOMETHING_OF_OURS',
  ])('a variable of somebody else’s is none of ours: %s', async (name) => {
    await expect(loadOptions({ env: { [name]: 'tcp://10.0.0.1:8080' }, cwd: '/nowhere' })).resolves.toEqual({})
  })

  test('a misspelt setting is named, with those that exist', () => {
    expect(() => resolveConfig({ ...keys, orgins: [] } as CollectorOptions)).toThrow(/no setting orgins.*origins/)
    expect(() => resolveConfig({ projects: { a: { ...keys, port: 1 } } } as CollectorOptions)).toThrow(/projects\.a\.port/)
  })
})

test.each<{ name: string; regionRules: unknown }>([
  { name: 'a rule that is none', regionRules: { GB: { analytics: 'maybe' } } },
  { name: 'a purpose that nobody asks about', regionRules: { GB: { ads: 'opt_out' } } },
  { name: 'a place that is none', regionRules: { Britain: { analytics: 'opt_out' } } },
  { name: 'no rules at all', regionRules: 'opt_out' },
])('region rules with $name are refused', ({ regionRules }) => {
  expect(() => resolveConfig({ ...keys, regionRules } as CollectorOptions)).toThrow(/regionRules.*opt_in or opt_out/)
})

describe('the secret of the pseudonyms', () => {
  const unused = () => false

  test('is made once, beside the keys, also beside those of an older version', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'keys.json')
    const before = { default: { write_key: 'wk_kept', secret_key: 'sk_kept_0123456789' } }
    await writeFile(file, JSON.stringify(before))
    const secret = subjectSecretOf(folder, unused)
    expect(secret).toHaveLength(43)
    expect(subjectSecretOf(folder, unused)).toBe(secret)
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ ...before, $installation: { subject_secret: secret } })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    // Keys that are made later leave it where it is, and are no project of that name.
    const made = resolveConfig({ dataDir: folder, projects: { default: {}, other: {} } })
    expect([made.newKeysFor, made.projects[0]?.writeKeys, subjectSecretOf(folder, unused)]).toEqual([
      ['other'],
      ['wk_kept'],
      secret,
    ])
  })

  test('a folder in which there can be none is one sentence, and no end of trying', () => {
    expect(() => resolveConfig({ dataDir: '/proc/none/within' })).toThrow(expect.objectContaining({ code: 'data_dir_unusable' }))
  })

  test('is one, however many start at once', async () => {
    const folder = join(await temporaryFolder(), 'data')
    const keys = fileURLToPath(new URL('../src/keys.ts', import.meta.url))
    const script = `const { completeKeys, subjectSecretOf } = await import(${JSON.stringify(keys)})
      const { keys } = completeKeys(${JSON.stringify(folder)}, new Map([['default', {}]]))
      console.log(keys.get('default').secretKeys[0] + ' ' + subjectSecretOf(${JSON.stringify(folder)}, () => false))`
    const starts = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script]),
    )
    const said = (await Promise.all(starts)).map(({ stdout }) => stdout)
    expect(new Set(said).size).toBe(1)
    expect(said[0]).toContain(keptKeys(folder).get('default')?.secretKeys[0])
    expect(await readdir(folder)).toEqual(['keys.json'])
  })

  test('is made after a start that was killed over it', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'keys.json.turn'))
    const secret = subjectSecretOf(folder, unused)
    expect(await readdir(folder)).toEqual(['keys.json'])
    expect(subjectSecretOf(folder, unused)).toBe(secret)
  })

  test('is not made while nobody can tell whom the store knows', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'footfall.db'), 'SQLite format 3\0 and no more of it'.padEnd(8192, 'x'))
    const settings = { dataDir: folder, writeKey: 'wk_test', secretKey: 'sk_test_0123456789', logLevel: 'silent' as const }
    expect(() => createCollector(settings)).toThrow(expect.objectContaining({ code: 'store_corrupt' }))
    expect(await readdir(folder)).not.toContain('keys.json')
  })

  test('is not made anew for a store that knows people by another: they would be let in again', async () => {
    const folder = await temporaryFolder()
    const settings = { dataDir: folder, writeKey: 'wk_test', secretKey: 'sk_test_0123456789', logLevel: 'silent' as const }
    const first = createCollector(settings)
    await first.ready
    const post = (path: string, body: object) => first.request(path, { method: 'POST', body: JSON.stringify(body) })
    const denial = { subject: 'a-1', purposes: { analytics: 'denied' } }
    expect((await post('/v1/consent', { write_key: 'wk_test', ...denial })).status).toBe(200)
    await first.close()
    const file = join(folder, 'keys.json')
    const kept = await readFile(file)
    for (const lose of [() => rm(file), () => writeFile(file, '{}')]) {
      await lose()
      expect(() => createCollector(settings)).toThrow(
        expect.objectContaining({
          code: 'bad_keys_file',
          message: expect.stringMatching(/keys\.json lacks the secret.*back, from a backup/),
        }),
      )
    }
    await writeFile(file, kept)
    const again = createCollector(settings)
    await again.ready
    await again.close()
  })
})

describe('several projects', () => {
  test('each has its own keys, and what it leaves out is taken from above', () => {
    const { projects } = resolveConfig({
      origins: ['https://all.example'],
      timezone: 'Europe/Berlin',
      baseCurrency: 'SEK',
      retentionDays: 'analytics=400,quarantine=30',
      quarantineMaxMb: 512,
      path: '/everybody',
      projects: {
        one: keys,
        two: {
          writeKey: 'wk_two',
          secretKey: 'sk_two_0123456789abc',
          origins: 'https://two.example',
          timezone: 'America/New_York',
          baseCurrency: 'USD',
          retentionDays: { marketing: 7 },
          quarantineMaxMb: 8,
          path: '/two',
        },
      },
    })
    expect(projects).toEqual([
      {
        id: 'one',
        ...resolved,
        origins: ['https://all.example'],
        baseCurrency: 'SEK',
        timeZone: 'Europe/Berlin',
        retentionDays: { analytics: 400, quarantine: 30 },
        quarantineMaxBytes: 512 * 2 ** 20,
        // The one above is of all projects, and none's own.
        path: null,
      },
      {
        id: 'two',
        writeKeys: ['wk_two'],
        secretKeys: ['sk_two_0123456789abc'],
        origins: ['https://two.example'],
        baseCurrency: 'USD',
        timeZone: 'America/New_York',
        // As a whole: what it does not name it keeps.
        retentionDays: { marketing: 7 },
        quarantineMaxBytes: 8 * 2 ** 20,
        path: '/two',
      },
    ])
  })

  test("keys above are the project default's, and an error where there is none", () => {
    const other = { writeKey: 'wk_other', secretKey: 'sk_other_0123456789' }
    const { projects } = resolveConfig({ ...keys, projects: { default: {}, other } })
    expect(projects).toMatchObject([
      { id: 'default', ...resolved },
      { id: 'other', writeKeys: ['wk_other'], secretKeys: ['sk_other_0123456789'] },
    ])
    expect(() => resolveConfig({ ...keys, projects: { other } })).toThrow(expect.objectContaining({ code: 'bad_setting' }))
  })

  test.each<{ name: string; projects: NonNullable<CollectorOptions['projects']> }>([
    { name: 'none at all', projects: {} },
    { name: 'a bad name', projects: { 'My Shop': keys } },
    { name: 'one path for two', projects: { a: { ...keys, path: '/e' }, b: { path: '/e' } } },
    { name: "a path that is the collector's", projects: { a: { ...keys, path: '/v1/events' } } },
    { name: "another's old key", projects: { a: keys, b: { writeKey: ['wk_b', 'wk_test'], secretKey: 'sk_other_0123456789' } } },
    { name: 'one key for two', projects: { a: keys, b: { ...keys, secretKey: 'sk_other_0123456789' } } },
    {
      name: 'the public key as the secret one',
      projects: { a: { writeKey: '0123456789abcdef', secretKey: '0123456789abcdef' } },
    },
  ])('refused: $name', ({ projects }) => {
    expect(() => resolveConfig({ projects })).toThrow(expect.objectContaining({ code: 'bad_setting' }))
  })
})

describe('keys', () => {
  test('they are made once, kept for their owner only, and used again', async () => {
    const dataDir = join(await temporaryFolder(), 'deep', 'data')
    const first = resolveConfig({ dataDir })
    expect(first.newKeysFor).toEqual(['default'])
    const [project] = first.projects
    expect(project?.writeKeys[0]).toMatch(/^wk_[\w-]{24}$/)
    expect(project?.secretKeys[0]).toMatch(/^sk_[\w-]{43}$/)
    expect((await stat(join(dataDir, 'keys.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(dataDir)).mode & 0o077).toBe(0)

    const second = resolveConfig({ dataDir })
    expect(second.projects).toEqual(first.projects)
    expect(second.newKeysFor).toEqual([])
  })

  test('a given key wins over a kept one, and a new project joins those that are there', async () => {
    const dataDir = await temporaryFolder()
    const kept = resolveConfig({ dataDir }).projects[0]
    expect(resolveConfig({ dataDir, writeKey: 'wk_mine' }).projects[0]).toMatchObject({
      writeKeys: ['wk_mine'],
      secretKeys: kept?.secretKeys,
    })
    const joined = resolveConfig({ dataDir, projects: { default: {}, second: {} } })
    expect(joined.projects[0]).toMatchObject({ secretKeys: kept?.secretKeys })
    expect(joined.newKeysFor).toEqual(['second'])
  })

  test('with both keys given nothing is written', async () => {
    const dataDir = await temporaryFolder()
    resolveConfig({ dataDir, ...keys })
    await expect(readFile(join(dataDir, 'keys.json'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('whoever puts a new key before a kept one in keys.json has both', async () => {
    const dataDir = await temporaryFolder()
    const [kept] = resolveConfig({ dataDir }).projects
    const secretKeys = ['sk_new_0123456789', kept?.secretKeys[0]]
    const file = { default: { write_key: kept?.writeKeys[0], secret_key: secretKeys } }
    await writeFile(join(dataDir, 'keys.json'), JSON.stringify(file))
    expect(resolveConfig({ dataDir }).projects[0]).toMatchObject({ writeKeys: kept?.writeKeys, secretKeys })
    expect(keptKeys(dataDir).get('default')).toEqual({ writeKeys: kept?.writeKeys, secretKeys })
  })

  test.each([
    '',
    '{',
    '[]',
    '{"default":{"write_key":1}}',
    '{"default":{"write_key":"wk_a","secret_key":""}}',
    '{"default":{"write_key":"wk_a","secret_key":[]}}',
    '{"default":{"write_key":["wk_a",""],"secret_key":"sk_012345"}}',
  ])('a keys.json of "%s" is reported and left as it is', async (content) => {
    const dataDir = await temporaryFolder()
    await writeFile(join(dataDir, 'keys.json'), content)
    expect(() => resolveConfig({ dataDir })).toThrow(expect.objectContaining({ code: 'bad_keys_file' }))
    expect(await readFile(join(dataDir, 'keys.json'), 'utf8')).toBe(content)
  })

  test('a data folder that cannot be made is reported with what to do', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    expect(() => resolveConfig({ dataDir: join(folder, 'file', 'data') })).toThrow(/keys\.json|FOOTFALL_DATA_DIR/)
  })
})

describe('the configuration file', () => {
  test('JSON and modules are read, and the environment wins', async () => {
    const cwd = await temporaryFolder()
    await writeFile(
      join(cwd, 'footfall.config.json'),
      JSON.stringify({ port: 1234, host: '::1', origins: ['https://shop.example'] }),
    )
    expect(await loadOptions({ env: { PORT: '99', HOST: '' }, cwd })).toEqual({
      port: '99',
      host: '::1',
      origins: ['https://shop.example'],
    })

    await writeFile(join(cwd, 'other.config.ts'), 'const port: number = 4321\nexport default { port }\n')
    expect(await loadOptions({ env: {}, cwd, file: 'other.config.ts' })).toEqual({ port: 4321 })
  })

  test('no file is fine, a named one must be there', async () => {
    const cwd = await temporaryFolder()
    expect(await loadOptions({ env: {}, cwd })).toEqual({})
    await expect(loadOptions({ env: {}, cwd, file: 'missing.json' })).rejects.toMatchObject({ code: 'bad_config_file' })
  })

  test.each(['{', '[1]', '"x"', 'null'])('a file that holds %s is reported', async (content) => {
    const cwd = await temporaryFolder()
    await writeFile(join(cwd, 'footfall.config.json'), content)
    await expect(loadOptions({ env: {}, cwd })).rejects.toMatchObject({
      code: 'bad_config_file',
      message: expect.stringContaining(cwd),
    })
  })
})

test('a folder that may not be written is one sentence of the command', async () => {
  const closed = join(await temporaryFolder(), 'closed')
  await mkdir(closed)
  await chmod(closed, 0o555)
  await chmod(join(closed, '..'), 0o755)
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url)), 'serve'], {
    env: { FOOTFALL_DATA_DIR: join(closed, 'data'), PORT: '0' },
    encoding: 'utf8',
    // Nothing is closed to root.
    ...(process.getuid?.() === 0 && { uid: 65_534, gid: 65_534 }),
  })
  expect(stderr).toMatch(/^footfall: The data folder .+ cannot be written \(EACCES\); .+\n$/)
  expect(status).toBe(1)
})
