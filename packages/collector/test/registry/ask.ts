import type { EnvelopeInput, Receipt } from '@footfall/events'
import { batch } from '@footfall/testkit/builders'
import { type Started, secretKey } from '../start-collector.ts'

/** Asks with the secret key. */
export const askAs = ({ url }: Started, method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${secretKey}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

/** Sends events as a server does, whose clock nobody asks about. */
export async function asServer(started: Started, events: readonly Partial<EnvelopeInput>[]): Promise<Receipt> {
  const { sent_at: _, ...sent } = batch(events)
  const response = await started.post(JSON.stringify(sent), { authorization: `Bearer ${secretKey}` })
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  return (await response.json()) as Receipt
}
