import { createConfig, lintFromString } from '@redocly/openapi-core'
import { HonoRequest } from 'hono/request'
import { expect, onTestFinished, test } from 'vitest'
import { refusals } from '../../src/errors.ts'
import { secretKey, startCollector } from '../start-collector.ts'
import { createChecker, type Described, operationsOf } from './described.ts'

const started = async () => {
  const { collector, url, get } = await startCollector({ store: 'memory', path: '/e' })
  const document = (await (await get('/openapi.json')).json()) as Record<string, unknown>
  return { collector, url, document, operations: operationsOf(document) }
}

test('every route is described, and everything described is a route', async () => {
  const { collector, operations } = await started()
  const routes = collector.routes
    .filter(({ method }) => method !== 'OPTIONS' && method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    // Leads to the same with a slash.
    .filter((route) => route !== 'GET /reports')
  expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...new Set(routes)].sort())
})

test('it is sound OpenAPI, by the rules that most clients are made for', async () => {
  const { document } = await started()
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      // A picture and a few files say no whenever they are asked for wrongly: there is nothing to describe.
      'operation-4xx-response': 'off',
      // The description is of any collector, and this is where it is found.
      'no-server-example.com': 'off',
      'info-license-url': 'off',
      'info-license-strict': 'off',
      // `/footfall/{file}` is one part, the path with a version two.
      'no-ambiguous-paths': 'off',
      // The page's files are beside it.
      'no-path-trailing-slash': 'off',
    },
  })
  const problems = await lintFromString({ source: JSON.stringify(document), config })
  expect(problems.map(({ ruleId, message, location }) => `${location[0]?.pointer}: ${message} (${ruleId})`)).toEqual([])
})

test('every refusal is said of some route', async () => {
  const { operations } = await started()
  const said = operations
    .flatMap(({ responses }) => Object.values(responses))
    .map(({ description }) => description)
    .join('; ')
  // What no route is asked for, none can say.
  const codes = Object.keys(refusals).filter((code) => code !== 'method_not_allowed')
  expect(codes.filter((code) => !said.includes(`${code}: `))).toEqual([])
})

test('every request and every answer in JSON has an example', async () => {
  const { operations } = await started()
  const without = mediaOf(operations).filter(({ type, examples = {} }) => /json/.test(type) && Object.keys(examples).length === 0)
  expect(without.map(({ media }) => media)).toEqual([
    // It would be itself.
    'readDescription 200 application/json',
  ])
})

test('every example fits the schema that it stands at', async () => {
  const { document, operations } = await started()
  const { check } = createChecker(document)
  const examples = mediaOf(operations).flatMap(({ media, schema = {}, examples: given = {} }) =>
    Object.entries(given).map(([name, { value }]) => ({ example: `${media}, ${name}`, wrong: check(schema, value) })),
  )
  expect(examples.filter(({ wrong }) => wrong !== null)).toEqual([])
})

/** Bodies and answers of all operations, but problems: those have one schema, and its example stands there. */
const mediaOf = (operations: readonly Described[]) =>
  operations.flatMap(({ id, body, responses }) =>
    [
      ['request', body ?? {}] as const,
      ...Object.entries(responses).map(([status, { content = {} }]) => [status, content] as const),
    ]
      .flatMap(([where, content]) =>
        Object.entries(content).map(([type, one]) => ({ media: `${id} ${where} ${type}`, type, ...one })),
      )
      .filter(({ type }) => type !== 'application/problem+json'),
  )

test('every parameter that is read is described, and the other way round', async () => {
  const { url, operations } = await started()
  const read = new Map<string, Set<string>>()
  const note = (request: HonoRequest, name: string): void => {
    const route = `${request.method} ${request.routePath.replaceAll(/:(\w+)/g, '{$1}')}`
    read.set(route, (read.get(route) ?? new Set()).add(name))
  }
  const { query, queries } = HonoRequest.prototype as unknown as {
    query(this: HonoRequest, name?: string): unknown
    queries(this: HonoRequest, name: string): unknown
  }
  onTestFinished(() => {
    Object.assign(HonoRequest.prototype, { query, queries })
  })
  // Whoever takes all parameters at once is given something that tells which of them it looks at.
  Object.assign(HonoRequest.prototype, {
    query(this: HonoRequest, name?: string) {
      if (name !== undefined) {
        note(this, name)
        return query.call(this, name)
      }
      return new Proxy(query.call(this) as object, {
        get: (given, key) => {
          if (typeof key === 'string') note(this, key)
          return Reflect.get(given, key)
        },
        has: (given, key) => {
          if (typeof key === 'string') note(this, key)
          return Reflect.has(given, key)
        },
      })
    },
    queries(this: HonoRequest, name: string) {
      note(this, name)
      return queries.call(this, name)
    },
  })
  const headers = { authorization: `Bearer ${secretKey}` }
  const consent = { subject: 'cust_42', purposes: { analytics: 'granted', marketing: 'granted' } }
  await fetch(`${url}/v1/consent`, { method: 'POST', headers, body: JSON.stringify(consent) })
  // What a picture says about somebody is read only if they agreed.
  const mine = '?write_key=wk_test&user_id=cust_42'
  const granted = new Map([
    ['/v1/pixel.gif', [mine, `${mine}&name=page_viewed`, `${mine}&name=page_viewed&url=https%3A%2F%2Fa.example`]],
  ])
  for (const { method, path, parameters, body } of operations) {
    const address = parameters
      .filter((parameter) => parameter.in === 'path')
      .reduce((filled, { name, example }) => filled.replace(`{${name}}`, encodeURIComponent(String(example))), path)
    const ask = async (query: string) => {
      const answer = await fetch(`${url}${address}${query}`, {
        method,
        headers,
        ...(body !== null && { body: '{}' }),
      })
      await answer.body?.cancel()
      expect(answer.status).not.toBe(500)
    }
    const names = parameters.flatMap(({ in: place, name }) => (place === 'query' ? [name] : []))
    for (const query of ['', ...names.map((name) => `?${name}=x`), ...(granted.get(path) ?? [])]) await ask(query)
  }
  const said = operations.flatMap(({ method, path, parameters }) =>
    parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => `${method} ${path} ${name}`),
  )
  const looked = [...read].flatMap(([route, names]) => [...names].map((name) => `${route} ${name}`))
  expect(looked.filter((one) => !said.includes(one)).sort()).toEqual([])
  expect(said.filter((one) => !looked.includes(one)).sort()).toEqual([])
})
