import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** What a proxy is put before, and where. */
export interface Place {
  /** Its own: nothing of it stands elsewhere. */
  readonly folder: string
  /** Of the shop's pages. */
  readonly site: string
  /** `host:port` of the collector. */
  readonly upstream: string
  readonly httpsPort: number
}

/** A proxy that runs the example's file as it stands, but for what belongs to the whole machine. */
export interface Running {
  /** The names that it answers to, as the file or its environment has them. */
  readonly shop: string
  readonly reports: string
  /** Who vouches for these names, in PEM. */
  readonly authority: string
  /** A line for each request so far. */
  log(): Promise<readonly string[]>
  stop(): Promise<void>
}

export interface ReverseProxy {
  readonly name: string
  /** `null` where it can be tried. */
  readonly whyNot: string | null
  start(place: Place): Promise<Running>
}

/** Resolves once it is gone. */
export async function stop(started: ChildProcess): Promise<void> {
  started.kill()
  if (started.exitCode === null) await once(started, 'exit')
}
