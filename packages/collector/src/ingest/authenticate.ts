import { hash, timingSafeEqual } from 'node:crypto'
import type { Project } from '../config.ts'
import { type Refusal, refuse } from '../errors.ts'
import type { Limits } from '../limits/limits.ts'
import type { Peer } from './peer.ts'

/** A key that was shown, and is one of a project's. */
export interface KnownKey {
  readonly project: Project
  /** Names the key in counts: never the key itself. */
  readonly name: string
}

/** Hears that a key was shown: the current one, or one that is on its way out. */
export type OnKey = (project: Project, kind: 'write' | 'secret', age: 'current' | 'old') => void

/** Finds the project of a key without telling, by the time it takes, how much of a wrong key was right. */
export interface Keyring {
  byWriteKey(key: string): KnownKey | null
  /** Refuses a wrong key, and whoever has tried too many. */
  bySecretKey(key: string, peer: Peer): Project | Refusal
}

export function createKeyring(
  projects: readonly Project[],
  limits: Pick<Limits, 'secretKey' | 'tried'>,
  onKey: OnKey = () => {},
): Keyring {
  const writeKeys = digested(projects, ({ writeKeys }) => writeKeys)
  const secretKeys = digested(projects, ({ secretKeys }) => secretKeys)
  return {
    byWriteKey(key) {
      const found = find(writeKeys, key)
      if (found === null) return null
      onKey(found.project, 'write', found.age)
      return { project: found.project, name: found.name }
    },
    bySecretKey(key, peer) {
      const limited = limits.secretKey(peer, key)
      if (limited !== null) return limited
      const found = find(secretKeys, key)
      limits.tried(peer, key, found !== null)
      if (found === null) return needsSecretKey
      onKey(found.project, 'secret', found.age)
      return found.project
    },
  }
}

/** A key by its digest: compared are equal lengths. */
export interface Digested {
  readonly digest: Buffer
}

interface DigestedKey extends KnownKey, Digested {
  readonly age: 'current' | 'old'
}

const digested = (projects: readonly Project[], keysOf: (project: Project) => readonly string[]): readonly DigestedKey[] =>
  projects.flatMap((project) =>
    keysOf(project).map((key, index) => ({
      project,
      name: `${project.id} ${index}`,
      age: index === 0 ? ('current' as const) : ('old' as const),
      digest: digestOf(key),
    })),
  )

export const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer')

/** The key that was given. Every one is compared, found or not: the time it takes tells nothing. */
export function find<K extends Digested>(keys: readonly K[], given: string): K | null {
  const digest = digestOf(given)
  let found: K | null = null
  for (const key of keys) if (timingSafeEqual(key.digest, digest)) found = key
  return found
}

/** The refusal of whoever shows no secret key, or a wrong one. */
export const needsSecretKey: Refusal = refuse(
  'wrong_secret_key',
  'This needs the secret key: send it as "Authorization: Bearer <key>".',
)

/** Who sends: a page with the public key, or a server that has shown the secret one. */
export type Sender = { readonly kind: 'sender'; readonly project: Project } & (
  | { readonly isServer: true }
  /** `writeKey` names the key that was shown: see `KnownKey`. */
  | { readonly isServer: false; readonly writeKey: string }
)

/** What a request says about where it comes from. */
export interface Credentials {
  readonly writeKey: string
  readonly authorization: string | undefined
  readonly origin: string | undefined
  readonly peer: Peer
  /** The project on whose own path the request came; `null` on a path that is everybody's. */
  readonly pathOf: Project | null
}

/**
 * Names the project, and refuses unknown keys and origins that the project does not list. An empty write key is left to the secret one,
 * which names a project, too.
 */
export function authenticate(keyring: Keyring, { writeKey, authorization, origin, peer, pathOf }: Credentials): Sender | Refusal {
  const server = isForUs(authorization) ? bearerProject(keyring, authorization, peer) : null
  if (server !== null && 'kind' in server && server.code === 'rate_limited') return server
  const known = writeKey === '' ? null : keyring.byWriteKey(writeKey)
  const named = writeKey === '' ? server : known?.project
  if (named === null || named === undefined || 'kind' in named || (pathOf !== null && pathOf !== named)) {
    return refuse('unknown_write_key', 'The write key is unknown; copy it from what the collector printed at its first start.')
  }
  if (server === named) return { kind: 'sender', project: named, isServer: true }
  if (server !== null || known === null) {
    return refuse(
      'wrong_secret_key',
      'The Authorization header does not hold the secret key of this project; mend it or leave it out.',
    )
  }
  if (!isAllowedOrigin(origin, peer, named.origins)) {
    return refuse('origin_not_allowed', `Pages of this origin may not write to this project; add it to FOOTFALL_ORIGINS.`)
  }
  return { kind: 'sender', project: named, isServer: false, writeKey: known.name }
}

/** Does the header say anything to us? Browsers and proxies put the access to a site behind a password on each request. */
export const isForUs = (authorization: string | undefined): boolean =>
  authorization !== undefined && !isOfSite.test(authorization)

const isOfSite = /^(?:(?:Basic|Digest|Negotiate|NTLM)\b|\s*$)/i

/** The project whose secret key stands in an `Authorization: Bearer` header. */
export function bearerProject(keyring: Keyring, authorization: string | undefined, peer: Peer): Project | Refusal {
  const token = bearerToken(authorization)
  return token === undefined ? needsSecretKey : keyring.bySecretKey(token, peer)
}

/** What stands in an `Authorization: Bearer` header. */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1]

/**
 * Requests without an origin come from servers and from same-origin navigation; a page of the collector's own host is first party.
 * Any other must be listed exactly. `null`, the origin of sandboxed frames and files, never is.
 */
export function isAllowedOrigin(origin: string | undefined, peer: Site, origins: readonly string[]): boolean {
  if (origin === undefined) return true
  return origins.includes(origin) || isSameSite(origin, peer)
}

type Site = Pick<Peer, 'host' | 'isHttps'>

/** A proxy that nobody named may take https off without a word; that a page without it is another, is certain. */
function isSameSite(origin: string, { host, isHttps }: Site): boolean {
  if (host === null) return false
  try {
    const { protocol, host: originHost, origin: canonical } = new URL(origin)
    if (canonical !== origin || !(protocol === 'https:' || (protocol === 'http:' && !isHttps))) return false
    return new URL(`${protocol}//${host}`).host === originHost
  } catch {
    return false
  }
}
