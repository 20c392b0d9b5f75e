import { hash, timingSafeEqual } from 'node:crypto'
import type { Project } from '../config.ts'
import { type Refusal, refuse } from '../errors.ts'

/** Finds the project of a key without telling, by the time it takes, how much of a wrong key was right. */
export interface Keyring {
  byWriteKey(key: string): Project | null
  bySecretKey(key: string): Project | null
}

export function createKeyring(projects: readonly Project[]): Keyring {
  const writeKeys = projects.map((project) => ({ project, digest: digestOf(project.writeKey) }))
  const secretKeys = projects.map((project) => ({ project, digest: digestOf(project.secretKey) }))
  return { byWriteKey: (key) => find(writeKeys, key), bySecretKey: (key) => find(secretKeys, key) }
}

// Equal lengths for the comparison, and every key is compared, found or not.
const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer')

function find(keys: readonly { readonly project: Project; readonly digest: Buffer }[], given: string): Project | null {
  const digest = digestOf(given)
  let found: Project | null = null
  for (const key of keys) if (timingSafeEqual(key.digest, digest)) found = key.project
  return found
}

/** Who sends: a page with the public key, or a server that has shown the secret one. */
export interface Sender {
  readonly kind: 'sender'
  readonly project: Project
  readonly isServer: boolean
}

/** What a request says about where it comes from. */
export interface Credentials {
  readonly writeKey: string
  readonly authorization: string | undefined
  readonly origin: string | undefined
  /** Host that the request was made to, as the browser knows it. */
  readonly host: string | null
}

/**
 * Names the project, and refuses unknown keys and origins that the project does not list. An empty write key is left to the secret one,
 * which names a project, too.
 */
export function authenticate(keyring: Keyring, { writeKey, authorization, origin, host }: Credentials): Sender | Refusal {
  const project = writeKey === '' ? bearerProject(keyring, authorization) : keyring.byWriteKey(writeKey)
  if (project === null) {
    return refuse('unknown_write_key', 'The write key is unknown; copy it from what the collector printed at its first start.')
  }
  if (authorization !== undefined) {
    if (bearerProject(keyring, authorization) === project) return { kind: 'sender', project, isServer: true }
    return refuse(
      'wrong_secret_key',
      'The Authorization header does not hold the secret key of this project; mend it or leave it out.',
    )
  }
  if (!isAllowedOrigin(origin, host, project.origins)) {
    return refuse('origin_not_allowed', `Pages of this origin may not write to this project; add it to FOOTFALL_ORIGINS.`)
  }
  return { kind: 'sender', project, isServer: false }
}

/** The project whose secret key stands in an `Authorization: Bearer` header. */
export function bearerProject(keyring: Keyring, authorization: string | undefined): Project | null {
  const token = authorization === undefined ? null : /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
  return token === null || token === undefined ? null : keyring.bySecretKey(token)
}

/**
 * Requests without an origin come from servers and from same-origin navigation; a page of the collector's own host is first party.
 * Any other must be listed exactly. `null`, the origin of sandboxed frames and files, never is.
 */
export function isAllowedOrigin(origin: string | undefined, host: string | null, origins: readonly string[]): boolean {
  if (origin === undefined) return true
  return origins.includes(origin) || isSameHost(origin, host)
}

function isSameHost(origin: string, host: string | null): boolean {
  if (host === null) return false
  try {
    const { protocol, host: originHost, origin: canonical } = new URL(origin)
    if (canonical !== origin || (protocol !== 'http:' && protocol !== 'https:')) return false
    return new URL(`${protocol}//${host}`).host === originHost
  } catch {
    return false
  }
}
