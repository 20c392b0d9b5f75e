import { FootfallError } from '../errors.ts'
import { type AskedCollector, askCollector } from './ask-collector.ts'
import type { AskedValues } from './options.ts'

/** The collector that a command's words and the settings name. */
export const asked = ({ config, url, project }: AskedValues): Promise<AskedCollector> =>
  askCollector({ file: config, url, project })

/** Words that each may stand there, but not like this. @param command whose help says more */
export const badUsage = (sentence: string, command: string): FootfallError =>
  new FootfallError('bad_usage', `${sentence} See footfall ${command} --help.`)

/** Of a command that was asked to stop, and did: what is done, and where to go on. */
export const interrupted = (sentence: string): FootfallError => new FootfallError('interrupted', sentence)

/** A part of a path. */
export const segment = (text: string): string => encodeURIComponent(text.toWellFormed())

export type Request = AskedCollector['request']
