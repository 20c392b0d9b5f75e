import { createServer } from 'node:net'
import { type AskedCollector, CollectorRefusal } from '../commands/ask-collector.ts'
import { FootfallError } from '../errors.ts'
import { parseDate } from '../normalise/date.ts'
import { readInstant } from '../normalise/instant.ts'
import { type Finding, ok, skipped, warning, wrong } from './finding.ts'
import { isLocal } from './settings.ts'

const patienceMs = 5000

/** What answers where a collector should. */
export type Answerer =
  | { readonly kind: 'collector'; readonly clock: number | null }
  | { readonly kind: 'stranger'; readonly reason: string }
  | { readonly kind: 'nobody'; readonly reason: string }

/** Asks whether a collector lives there, and what its clock shows. */
export async function whoAnswers(url: string): Promise<Answerer> {
  let response: Response
  try {
    response = await fetch(`${url}/livez`, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
  } catch (cause) {
    return { kind: 'nobody', reason: reasonOf(cause) }
  }
  const text = await response.text().catch(() => '')
  if (response.status !== 200 || !/^\{"status":"alive"/.test(text)) {
    return { kind: 'stranger', reason: `it answers ${response.status}, and not as a collector does` }
  }
  return { kind: 'collector', clock: readDate(response.headers.get('date')) }
}

/** It says whole seconds: the middle of one is least wrong. */
function readDate(text: string | null): number | null {
  const date = text === null ? null : parseDate(text, {})
  return date?.status === 'ok' ? Number(readInstant(date.iso)) + 500 : null
}

/** What is known of a collector before it is asked. */
export interface Expected {
  readonly url: string
  /** Was its address set, rather than assumed? */
  readonly isNamed: boolean
  /** Does one hold the store? */
  readonly isRunning: boolean
}

export function judgeReach({ url, isNamed, isRunning }: Expected, answerer: Answerer): Finding {
  switch (answerer.kind) {
    case 'collector':
      if (!isInTheClear(url)) return ok('reach', `A collector answers at ${url}.`)
      return warning(
        'reach',
        `A collector answers at ${url}: the secret key passes the network in the clear.`,
        'Put it behind HTTPS, and set FOOTFALL_URL to its https:// address.',
      )
    case 'stranger':
      return wrong(
        'reach',
        `What answers at ${url} is no collector (${answerer.reason}).`,
        'Set FOOTFALL_URL to the address of the collector; look at what the proxy leads to.',
      )
    case 'nobody': {
      const says = `Nobody answers at ${url} (${answerer.reason})`
      if (isRunning)
        return wrong(
          'reach',
          `${says}, and a collector has the store open.`,
          'Set FOOTFALL_URL to the address that it listens on; look whether it is stuck.',
        )
      if (isNamed) return wrong('reach', `${says}.`, 'Start the collector; look whether name, proxy and firewall lead to it.')
      return skipped('reach', 'No collector runs here.', 'Start one with footfall serve, and ask again.')
    }
  }
}

/** Is an address on this machine? */
export const isHere = (url: string): boolean => isLocal(new URL(url).hostname)

const isInTheClear = (url: string): boolean => url.startsWith('http:') && !isHere(url)

/** Can the port be had? Only asked where no collector answers. */
export async function checkPort(host: string, port: number): Promise<readonly Finding[]> {
  const code = await new Promise<string | null>((resolve) => {
    const server = createServer()
    server.once('error', (cause: NodeJS.ErrnoException) => resolve(cause.code ?? cause.message))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
  if (code === null) return [ok('port', `Port ${port} of ${host} is free.`)]
  if (code === 'EADDRINUSE')
    return [wrong('port', `Another program listens on port ${port} of ${host}.`, 'End it, or set PORT to another one.')]
  return [
    wrong(
      'port',
      `Nobody may listen on port ${port} of ${host} (${code}).`,
      'Set PORT and HOST to what this user may use: a port above 1023, an address of this machine.',
    ),
  ]
}

/** Can it store? It writes a row and reads it back. */
export async function checkReady(url: string): Promise<readonly Finding[]> {
  try {
    const response = await fetch(`${url}/readyz`, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
    const { code } = (await response.json()) as { readonly code?: unknown }
    if (response.status === 200) return [ok('ready', 'It wrote a row to the disk and read it back.')]
    return [wrong('ready', `It is not ready (${shortCode(code)}).`, 'Its log says more; /readyz tells when it is over.')]
  } catch (cause) {
    return [wrong('ready', `It does not say whether it is ready (${reasonOf(cause)}).`, 'Look into its log.')]
  }
}

/** Asks the collector to judge an event. Nothing is stored. */
export async function checkValidate(collector: AskedCollector): Promise<readonly Finding[]> {
  if (collector.writeKey === null)
    return [skipped('validate', 'The write key is not known here.', 'Set FOOTFALL_WRITE_KEY to it.')]
  try {
    const answer = await collector.request('POST', '/v1/validate', {
      write_key: collector.writeKey,
      events: [probeOf(crypto.randomUUID())],
    })
    const { accepted } = answer as { readonly accepted?: unknown }
    if (accepted === 1) return [ok('validate', 'Its keys are the ones known here, and it would take an event.')]
    return [
      wrong(
        'validate',
        'It would not take an event.',
        'Run footfall sources and footfall aliases: what is registered makes it so.',
      ),
    ]
  } catch (cause) {
    return [refused('validate', cause)]
  }
}

/**
 * Sends an event the whole way, as a page does: to the disk, back from it, and out of it again. It is a bot's, so that no report counts it
 * in the moment that it is there. What stays: one more event received and accepted in the accounting of the day, the tombstone of an id
 * that nobody else has, and the erasure's entry in the ledger.
 */
export async function checkProbe(collector: AskedCollector): Promise<readonly Finding[]> {
  const { url, writeKey, request } = collector
  if (writeKey === null)
    return [wrong('probe', 'No event was sent: the write key is not known here.', 'Set FOOTFALL_WRITE_KEY to it.')]
  const who = `footfall-doctor-${crypto.randomUUID()}`
  const started = performance.now()
  try {
    await send(url, writeKey, who)
    const receiptMs = performance.now() - started
    const isFound = (await found(request, who)) === 1
    const erased = (await request('DELETE', `/v1/subjects/${who}`)) as { readonly events?: unknown; readonly files?: unknown }
    const isGone = (await found(request, who)) === 0
    if (!isFound)
      return [
        wrong(
          'probe',
          'An event with a receipt was not found again.',
          'Keep the log and the store, and report it: this must not be.',
        ),
      ]
    if (erased.events !== 1 || !isGone)
      return [
        wrong('probe', `The event of ${who} was stored, and could not be erased.`, `Erase it with DELETE /v1/subjects/${who}.`),
      ]
    const says = `An event was stored in ${receiptMs.toFixed(0)} ms, read back and erased.`
    return erased.files === 'clean'
      ? [ok('probe', says)]
      : [warning('probe', `${says} It still stands in the files.`, 'End whatever reads the store for long.')]
  } catch (cause) {
    return [refused('probe', cause)]
  }
}

async function send(url: string, writeKey: string, who: string): Promise<void> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    body: JSON.stringify({ write_key: writeKey, events: [probeOf(who)], sent_at: Date.now() }),
    headers: { 'content-type': 'text/plain', 'user-agent': 'footfall-doctor (bot)' },
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  })
  const answer = (await response.json()) as {
    readonly accepted?: unknown
    readonly code?: unknown
    readonly problems?: readonly { readonly code?: unknown }[]
  }
  if (response.status === 200 && answer.accepted === 1) return
  throw new FootfallError('collector_refused', `it was not taken (${shortCode(answer.code ?? answer.problems?.[0]?.code)})`)
}

async function found(request: AskedCollector['request'], who: string): Promise<number> {
  const { events } = (await request('GET', `/v1/events?anonymous_id=${who}`)) as { readonly events: readonly unknown[] }
  return events.length
}

const probeOf = (who: string) => ({
  id: crypto.randomUUID(),
  name: 'page_viewed',
  occurred_at: Date.now(),
  anonymous_id: who,
  consent: { analytics: 'granted' },
  // What is not left out needs no repair, which reports would show.
  page: { url: 'https://footfall.invalid/doctor', title: 'footfall doctor', type: 'other' },
  properties: {},
})

function refused(check: string, cause: unknown): Finding {
  if (cause instanceof CollectorRefusal && cause.problem === 'wrong_secret_key') {
    return wrong(
      check,
      'The collector does not know the secret key that is known here.',
      'Set FOOTFALL_SECRET_KEY to its key, or FOOTFALL_DATA_DIR to its data folder.',
    )
  }
  return wrong(check, `The collector did not do it: ${reasonOf(cause)}.`, 'Its log says more.')
}

const shortCode = (code: unknown): string => (typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : 'no reason given')

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  if (cause.name === 'TimeoutError') return `no answer within ${patienceMs / 1000} seconds`
  const { code } = (cause.cause ?? cause) as NodeJS.ErrnoException
  return (cause instanceof FootfallError ? cause.message : (code ?? cause.message))
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\.$/, '')
    .slice(0, 300)
}
