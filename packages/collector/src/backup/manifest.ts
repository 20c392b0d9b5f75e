import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { FootfallError } from '../errors.ts'

/** What a backup says of itself: written last, so that a folder without it is none. */
export const manifestName = 'manifest.json'

/** The files of a backup. The store is always among them; the others where the data folder had them. */
export const storeName = 'footfall.db'
export const keysName = 'keys.json'
export const ratesName = 'rates.csv'
export type FileName = typeof storeName | typeof keysName | typeof ratesName

const Count = v.pipe(v.number(), v.integer(), v.minValue(0))
const File = v.strictObject({ bytes: Count, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })
const Instant = v.pipe(v.string(), v.isoTimestamp())

// Named one by one: no file of a backup is ever written where its manifest says.
const Manifest = v.strictObject({
  format: v.literal('footfall-backup/1'),
  /** When the moment was that it shows. */
  made_at: Instant,
  made_by: v.string(),
  schema_version: Count,
  events: Count,
  quarantined: Count,
  consent_entries: Count,
  newest_received_at: v.nullable(Instant),
  files: v.strictObject({ [storeName]: File, [keysName]: v.optional(File), [ratesName]: v.optional(File) }),
})
export type Manifest = v.InferOutput<typeof Manifest>
export type BackupFile = v.InferOutput<typeof File>

/** @throws FootfallError `bad_backup` */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, manifestName)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    const sentence = `${folder} holds no whole backup (${(cause as NodeJS.ErrnoException).code ?? 'it cannot be read'}); name a folder that footfall backup has made.`
    throw new FootfallError('bad_backup', sentence, { cause })
  }
  try {
    return v.parse(Manifest, JSON.parse(text))
  } catch (cause) {
    const sentence = `${file} is not as footfall backup writes it, so the backup was changed or comes from another version; take another one.`
    throw new FootfallError('bad_backup', sentence, { cause })
  }
}

/** The files that a backup has, with what its manifest says of them. */
export const filesOf = ({ files }: Manifest): readonly (readonly [FileName, BackupFile])[] =>
  ([storeName, keysName, ratesName] as const).flatMap((name) => {
    const file = files[name]
    return file === undefined ? [] : [[name, file] as const]
  })
