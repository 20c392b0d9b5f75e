import type { DatabaseSync } from 'node:sqlite'
import {
  type ChangeFate,
  type Registry,
  type RegistryChange,
  type RegistryLimits,
  registryLimits,
} from '../../registry/registry.ts'
import type { Source, SourceSettings } from '../../registry/source.ts'
import type { HeardQuestion, HeardSource } from '../registering.ts'

export interface RegisterAsk {
  readonly project: string
  readonly change: RegistryChange
}

/** Changes registries as `changed` does, on the writer's connection. */
export function createRegister(db: DatabaseSync, limits: RegistryLimits = registryLimits): (ask: RegisterAsk) => ChangeFate {
  const setSource = db.prepare(`INSERT INTO sources (project, id, settings) SELECT :project, :id, :settings
    WHERE (SELECT count(*) FROM sources WHERE project = :project) < ${limits.sources}
      OR EXISTS (SELECT 1 FROM sources WHERE project = :project AND id = :id)
    ON CONFLICT (project, id) DO UPDATE SET settings = excluded.settings`)
  const removeSource = db.prepare('DELETE FROM sources WHERE project = ? AND id = ?')
  const setAlias = db.prepare(`INSERT INTO aliases (project, name, canonical, created_at) SELECT :project, :from, :to, :at
    WHERE (SELECT count(*) FROM aliases WHERE project = :project) < ${limits.aliases}
      OR EXISTS (SELECT 1 FROM aliases WHERE project = :project AND name = :from)
    ON CONFLICT (project, name) DO UPDATE SET canonical = excluded.canonical, created_at = excluded.created_at`)
  const removeAlias = db.prepare('DELETE FROM aliases WHERE project = ? AND name = ?')

  return ({ project, change }) => {
    switch (change.kind) {
      case 'set source': {
        const { id, ...settings } = change.source
        return setSource.run({ project, id, settings: JSON.stringify(settings) }).changes === 0 ? 'full' : 'done'
      }
      case 'remove source':
        return removeSource.run(project, change.id).changes === 0 ? 'absent' : 'done'
      case 'set alias': {
        const { from, to, at } = change
        return setAlias.run({ project, from, to, at }).changes === 0 ? 'full' : 'done'
      }
      case 'remove alias':
        return removeAlias.run(project, change.from).changes === 0 ? 'absent' : 'done'
    }
  }
}

export function readRegistry(db: DatabaseSync, project: string): Registry {
  const sources = db.prepare('SELECT id, settings FROM sources WHERE project = ? ORDER BY id').all(project) as unknown as {
    readonly id: string
    readonly settings: string
  }[]
  const aliases = db
    .prepare('SELECT name, canonical, created_at FROM aliases WHERE project = ? ORDER BY name')
    .all(project) as unknown as { readonly name: string; readonly canonical: string; readonly created_at: number }[]
  return {
    // Written by ourselves.
    sources: new Map(
      sources.map(({ id, settings }): [string, Source] => [id, { id, ...(JSON.parse(settings) as SourceSettings) }]),
    ),
    aliases: new Map(aliases.map(({ name, canonical }) => [name, canonical])),
    aliasedAt: new Map(aliases.map(({ name, created_at }) => [name, created_at])),
  }
}

export function readHeardSources(db: DatabaseSync, { project, from, limit }: HeardQuestion): readonly HeardSource[] {
  const times = db
    .prepare(`SELECT source, first_seen, last_seen FROM source_times WHERE project = ?
      ORDER BY (project, source) IN (SELECT project, id FROM sources) DESC, last_seen DESC, source LIMIT ?`)
    .all(project, limit) as unknown as { readonly source: string; readonly first_seen: number; readonly last_seen: number }[]
  const days = db
    .prepare(`SELECT source, day, sum(events) AS received, sum(iif(key = 'quarantined', events, 0)) AS quarantined
      FROM daily_quality WHERE project = ? AND day >= ? AND kind = 'verdict' GROUP BY source, day ORDER BY source, day`)
    .all(project, from) as unknown as (HeardSource['days'][number] & { readonly source: string })[]
  const bySource = Map.groupBy(days, ({ source }) => source)
  return times.map(({ source, first_seen, last_seen }) => ({
    source,
    firstSeen: first_seen,
    lastSeen: last_seen,
    days: (bySource.get(source) ?? []).map(({ day, received, quarantined }) => ({ day, received, quarantined })),
  }))
}
