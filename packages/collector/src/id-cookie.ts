import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Project } from './config.ts'
import { purposeOf } from './consent/purposes.ts'
import type { EventCode } from './errors.ts'
import { isAllowedOrigin } from './ingest/authenticate.ts'
import type { Verdicted } from './ingest/decide.ts'
import type { Peer } from './ingest/peer.ts'
import type { SinkRecord, Store } from './sinks/sink.ts'

/**
 * What a request means for a visitor's id: it may be kept on the device, or it may not be any more; `null` where it says nothing about
 * that.
 */
export type Keeping = { readonly kind: 'keep'; readonly anonymousId: string } | { readonly kind: 'forget' } | null

/**
 * A visitor's id in a first-party cookie that scripts cannot read, for browsers that delete what scripts have stored after a week. Only for
 * pages of the collector's own origin, and only with consent to analytics.
 */
export interface IdCookie {
  /** The id that was kept, of a request by a page of this origin. */
  read(c: Context, peer: Peer): string | null
  /** Does to the cookie what a request meant; `paths` are all under which it may have been set, seen from the root of the host. */
  update(c: Context, peer: Peer, keeping: Keeping, paths: readonly string[]): void
}

/**
 * 13 months, which is how long the French authority lets such an id live. It is not set again while it says the same: a new visit must not
 * prolong it.
 *
 * @see https://www.cnil.fr/fr/cookies-et-autres-traceurs/regles/cookies-solutions-pour-les-outils-de-mesure-daudience
 */
const lifeSeconds = 395 * 24 * 60 * 60

/** As trackers make them; others could be anything. */
const Id = /^[\w-]{1,128}$/

/** @param name of the cookie; `null`: there is none */
export function createIdCookie(name: string | null): IdCookie {
  const isOwnPage = (c: Context, peer: Peer): boolean => {
    const origin = c.req.header('origin')
    return origin !== undefined && isAllowedOrigin(origin, peer, [])
  }
  return {
    read(c, peer) {
      const id = name !== null && isOwnPage(c, peer) ? getCookie(c, name) : undefined
      return id !== undefined && Id.test(id) ? id : null
    },
    update(c, peer, keeping, paths) {
      if (name === null || keeping === null || !isOwnPage(c, peer)) return
      const attributes = { httpOnly: true, sameSite: 'Lax', secure: peer.isHttps } as const
      if (keeping.kind === 'forget') {
        for (const path of paths) deleteCookie(c, name, { ...attributes, path })
        return
      }
      if (!Id.test(keeping.anonymousId) || getCookie(c, name) === keeping.anonymousId) return
      for (const path of paths) setCookie(c, name, keeping.anonymousId, { ...attributes, path, maxAge: lifeSeconds })
    },
  }
}

/**
 * May a page hear of the id that its device has kept? Not where it was erased, or where the last word about it is a no: that may have been
 * said elsewhere, where the cookie could not be taken away. Whoever agrees anew then is somebody new.
 */
export async function mayBeGivenBack(
  store: Pick<Store, 'ready' | 'consentOf' | 'tombstoneOf'>,
  { id: project }: Project,
  anonymousId: string,
): Promise<boolean> {
  await store.ready
  const { current } = await store.consentOf(project, anonymousId, { limit: 1, after: 0 })
  if (current.as_anonymous_id.analytics?.state === 'denied') return false
  const tombstone = await store.tombstoneOf(project, anonymousId)
  // A device that others use as well is theirs still.
  return tombstone === null || tombstone.isShared
}

/** Whoever is refused for one of these is not to be known any more. */
const takesBack: ReadonlySet<string> = new Set<EventCode>(['consent_withdrawn', 'consent_expired', 'erased'])

/** What the events of a batch mean, one after the other: the last that says anything decides. */
export function keepingOf(verdicts: readonly Verdicted[]): Keeping {
  let keeping: Keeping = null
  for (const { judged, status, code } of verdicts) {
    const { record } = judged
    if (takesBack.has(code ?? '') || deniesAnalytics(record)) keeping = { kind: 'forget' }
    else if (status === 'accepted' && record.kind === 'event' && record.anonymousId !== null && isForAnalytics(record)) {
      keeping = { kind: 'keep', anonymousId: record.anonymousId }
    }
  }
  return keeping
}

// Of an event that needs no consent to analytics, the ledger was not asked about it either.
const isForAnalytics = ({ name, claim }: Extract<SinkRecord, { readonly kind: 'event' }>): boolean =>
  purposeOf(name) === 'analytics' && claim?.states.analytics === 'granted'

function deniesAnalytics(record: SinkRecord): boolean {
  const decision = record.kind === 'rejected' ? null : record.decision
  const claim = record.kind === 'event' ? record.claim : record.kind === 'decision' ? null : record.bearer?.claim
  return (decision?.states ?? claim?.states)?.analytics === 'denied'
}
