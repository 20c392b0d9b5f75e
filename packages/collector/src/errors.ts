/**
 * A fault at start or in the store, with a stable code. Its message is one sentence for the operator that says what to do.
 * Never holds a secret, an address or a property's value.
 */
export class FootfallError extends Error {
  override readonly name = 'FootfallError'
  readonly code: FaultCode

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What can be wrong when the collector starts, or with its store while it runs. */
export const faults = {
  bad_setting: 'A setting has a value that cannot be used.',
  unknown_setting: 'The options, the configuration file or the environment name a setting that does not exist.',
  bad_config_file: 'The configuration file cannot be read.',
  bad_keys_file: 'keys.json in the data folder cannot be read.',
  bad_rates: 'A file of exchange rates cannot be read.',
  data_dir_unusable: 'The data folder cannot be created or written.',
  address_in_use: 'Another program listens on the port.',
  address_refused: 'The system does not allow listening on that address or port.',
  bad_usage: 'A command was called with words that it does not know.',
  interrupted: 'A command was asked to stop before its end.',
  bad_import: 'A file or its map cannot be imported.',
  no_secret_key: 'A command does not know the secret key of the project.',
  collector_unreachable: 'No collector answers a command.',
  collector_refused: 'The collector that a command asked says no.',
  backup_exists: 'Something stands already where a backup is to be made.',
  backup_failed: 'A backup cannot be made.',
  bad_backup: 'A folder does not hold a whole backup.',
  store_exists: 'A store stands already where a backup is to be restored.',
  base_currency_changed: 'The store holds amounts in another base currency.',
  clock_doubtful: 'The clock of the machine may be wrong, so that nothing is removed by it.',
  store_in_use: 'Another collector writes to the store.',
  store_corrupt: 'The store file is not a readable Footfall store.',
  store_too_new: 'The store was written by a newer version.',
  store_unavailable: 'The store cannot write or read just now.',
  disk_low: 'The disk is nearly full.',
  overloaded: 'More events wait for the disk than the collector may hold.',
  query_timeout: 'A question to the store took too long.',
  closing: 'The collector is shutting down.',
} as const
export type FaultCode = keyof typeof faults

/** Whole requests that are refused: code -> HTTP status and title (RFC 9457). */
export const refusals = {
  undecodable: { status: 400, title: 'The body cannot be read' },
  bad_batch: { status: 400, title: 'The body is not a batch' },
  bad_consent_record: { status: 400, title: 'The body is not a consent record' },
  bad_parameter: { status: 400, title: 'A parameter has a value that cannot be used' },
  bad_source: { status: 400, title: 'The source cannot be registered like this' },
  bad_alias: { status: 400, title: 'The alias cannot be made' },
  unknown_write_key: { status: 401, title: 'The write key is unknown' },
  wrong_secret_key: { status: 401, title: 'The secret key is missing or wrong' },
  origin_not_allowed: { status: 403, title: 'The origin may not write to this project' },
  not_found: { status: 404, title: 'There is nothing here' },
  not_built: { status: 404, title: 'This file has not been built' },
  method_not_allowed: { status: 405, title: 'The route does not know this method' },
  registry_full: { status: 409, title: 'The registry is full' },
  body_too_large: { status: 413, title: 'The body is too large' },
  batch_too_large: { status: 413, title: 'The batch has too many events' },
  unsupported_encoding: { status: 415, title: 'The content encoding is not supported' },
  rate_limited: { status: 429, title: 'Too much is sent at a time' },
  internal: { status: 500, title: 'The collector made a mistake' },
  store_unavailable: { status: 503, title: 'The store is not available' },
  disk_low: { status: 503, title: 'The disk is nearly full' },
  overloaded: { status: 503, title: 'The collector is overloaded' },
  query_timeout: { status: 503, title: 'The question took too long' },
  closing: { status: 503, title: 'The collector is shutting down' },
} as const
export type RefusalCode = keyof typeof refusals

/** Single events that are not plainly accepted: code -> verdict. These stand in receipts, in the quarantine and in reports. */
export const eventCodes = {
  duplicate: 'duplicate',
  consent_missing: 'rejected',
  consent_withdrawn: 'rejected',
  consent_expired: 'rejected',
  gpc: 'rejected',
  erased: 'rejected',
  not_an_event: 'rejected',
  quarantine_full: 'rejected',
  bad_envelope: 'quarantined',
  too_large: 'quarantined',
  too_deep: 'quarantined',
  too_many_keys: 'quarantined',
  missing_required: 'quarantined',
  bad_property: 'quarantined',
  bad_currency: 'quarantined',
  bad_money: 'quarantined',
  ambiguous_money: 'quarantined',
  bad_time: 'quarantined',
  too_late: 'quarantined',
  id_conflict: 'quarantined',
} as const satisfies Record<string, 'duplicate' | 'rejected' | 'quarantined'>
export type EventCode = keyof typeof eventCodes

/** A refused request, as a value. */
export interface Refusal {
  readonly kind: 'refused'
  readonly code: RefusalCode
  /** One sentence for the sender's developer: what is wrong and what to do. */
  readonly detail: string
  /** When to try again, in milliseconds; only on refusals that pass. */
  readonly retryAfterMs?: number
}

export const refuse = (code: RefusalCode, detail: string, retryAfterMs?: number): Refusal =>
  retryAfterMs === undefined ? { kind: 'refused', code, detail } : { kind: 'refused', code, detail, retryAfterMs }

/** Problem details as `application/problem+json`. `Retry-After` also stands in the body: a cross-origin page cannot always read the header. */
export function problemResponse(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Response {
  const { status, title } = refusals[refusal.code]
  const retryAfterMs = refusal.retryAfterMs
  const body = {
    type: `urn:footfall:problem:${refusal.code}`,
    title,
    status,
    code: refusal.code,
    detail: refusal.detail,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...headers,
    },
  })
}

/** How a fault of the store is told to a client. Full jitter: clients that were refused together must not come back together. */
export function refusalOf(fault: unknown, random: () => number = Math.random): Refusal {
  const retryAfterMs = 1000 + Math.round(random() * 4000)
  if (!(fault instanceof FootfallError))
    return refuse('internal', 'The request was not stored; send it again later.', retryAfterMs)
  switch (fault.code) {
    case 'overloaded':
      return refuse('overloaded', 'Too many events wait for the disk; send this request again later.', retryAfterMs)
    case 'disk_low':
      return refuse(
        'disk_low',
        'The disk is nearly full, so nothing more is stored; the operator has to make room.',
        retryAfterMs,
      )
    case 'query_timeout':
      return refuse('query_timeout', 'The question took too long; ask for a shorter period or fewer rows.', retryAfterMs)
    case 'closing':
      return refuse('closing', 'The collector is shutting down; send this request again later.', retryAfterMs)
    default:
      return refuse('store_unavailable', 'The store cannot write or read just now; send this request again later.', retryAfterMs)
  }
}
