import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { FootfallError } from './errors.ts'
import { makeFolder } from './make-folder.ts'

/** Keys that work: the current one, and after it those that are on their way out. */
export type KeyList = readonly [current: string, ...old: string[]]

/** The keys of a project. */
export interface Keys {
  /** Public; can only write. */
  readonly writeKeys: KeyList
  /** Read everything. */
  readonly secretKeys: KeyList
}

/** Where the secret stands in the file, beside the projects: no project can have this name. */
const installation = '$installation'

/** Whoever gives a project a new key by hand puts it before the old one, in a list. */
const keyOrKeys = (form: RegExp) => {
  const Key = v.pipe(v.string(), v.regex(form))
  return v.union([Key, v.tupleWithRest([Key], Key)])
}
type KeyOrKeys = v.InferOutput<ReturnType<typeof keyOrKeys>>

export const writeKeyForm = /^[\w.-]{3,128}$/
export const secretKeyForm = /^[\w.-]{6,256}$/

const listOf = (keys: KeyOrKeys): KeyList => (typeof keys === 'string' ? [keys] : keys)

const KeysFile = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value)),
  v.objectWithRest(
    { [installation]: v.optional(v.object({ subject_secret: v.pipe(v.string(), v.minLength(16)) })) },
    v.object({ write_key: keyOrKeys(writeKeyForm), secret_key: keyOrKeys(secretKeyForm) }),
  ),
)
type KeysFile = v.InferOutput<typeof KeysFile>

export const keysFile = (dataDir: string): string => join(dataDir, 'keys.json')

interface GivenKeys {
  readonly writeKey?: KeyList | undefined
  readonly secretKey?: KeyList | undefined
}

interface CompleteKeys {
  readonly keys: ReadonlyMap<string, Keys>
  /** Projects that had none. */
  readonly madeFor: readonly string[]
}

/**
 * Completes the keys of projects that were not given both. They are made once and kept in `keys.json` in the data folder, readable by
 * its owner only.
 *
 * @throws FootfallError `bad_keys_file`, `data_dir_unusable`
 */
export function completeKeys(dataDir: string, given: ReadonlyMap<string, GivenKeys>): CompleteKeys {
  const isComplete = [...given.values()].every(({ writeKey, secretKey }) => writeKey !== undefined && secretKey !== undefined)
  const kept = completedBy(isComplete ? {} : readKeys(dataDir), given)
  if (kept.madeFor.length === 0) return kept
  return whileAlone(dataDir, () => {
    const completed = completedBy(readKeys(dataDir), given)
    if (completed.madeFor.length > 0) keepKeys(dataDir, completed.file)
    return completed
  })
}

function completedBy(kept: KeysFile, given: ReadonlyMap<string, GivenKeys>): CompleteKeys & { readonly file: object } {
  const made: Record<string, { readonly write_key: KeyOrKeys; readonly secret_key: KeyOrKeys }> = {}
  const complete = new Map<string, Keys>()
  for (const [project, { writeKey, secretKey }] of given) {
    const known = Object.hasOwn(kept, project) ? kept[project] : undefined
    const fresh = known ?? { write_key: newKey('wk_', 18), secret_key: newKey('sk_', 32) }
    if (known === undefined && (writeKey === undefined || secretKey === undefined)) made[project] = fresh
    complete.set(project, {
      writeKeys: writeKey ?? listOf(fresh.write_key),
      secretKeys: secretKey ?? listOf(fresh.secret_key),
    })
  }
  return { keys: complete, madeFor: Object.keys(made), file: { ...kept, ...made } }
}

/**
 * The keys that were made and kept, by project; none where there is no such file. Makes nothing.
 *
 * @throws FootfallError `bad_keys_file`
 */
export function keptKeys(dataDir: string): ReadonlyMap<string, Keys> {
  const { [installation]: _, ...kept } = readKeys(dataDir)
  return new Map(
    Object.entries(kept).map(([project, { write_key, secret_key }]) => [
      project,
      { writeKeys: listOf(write_key), secretKeys: listOf(secret_key) },
    ]),
  )
}

/**
 * What the pseudonyms of people are made with: see `createSubjectHash`. Made once and kept beside the keys; who loses it can no longer
 * tell whose the entries of the consent ledger are, nor who was erased.
 *
 * @param isInUse Are there pseudonyms already? Then another secret would let in whoever took consent back or was erased.
 * @throws FootfallError `bad_keys_file`, `data_dir_unusable`
 */
export function subjectSecretOf(dataDir: string, isInUse: () => boolean): string {
  const known = keptSubjectSecret(dataDir)
  if (known !== null) return known
  if (isInUse()) {
    const { says, advice } = lostSecret(dataDir)
    throw new FootfallError('bad_keys_file', `${says}; ${advice}`)
  }
  return whileAlone(dataDir, () => {
    const kept = readKeys(dataDir)
    const { subject_secret: subjectSecret } = kept[installation] ?? { subject_secret: newKey('', 32) }
    keepKeys(dataDir, { ...kept, [installation]: { subject_secret: subjectSecret } })
    return subjectSecret
  })
}

/** What a start without the secret says, and whoever looks for what is wrong. */
export const lostSecret = (dataDir: string): { readonly says: string; readonly advice: string } => ({
  says: `${keysFile(dataDir)} lacks the secret by which the store knows who took consent back and who was erased`,
  advice: `put the file of this store back, from a backup. Only if it is lost for good, and these people may be let in again, add "${installation}": { "subject_secret": "…" } to it, of 16 characters or more.`,
})

/**
 * The same where it is kept already; `null` where there is none. Makes nothing.
 *
 * @throws FootfallError `bad_keys_file`
 */
export const keptSubjectSecret = (dataDir: string): string | null => readKeys(dataDir)[installation]?.subject_secret ?? null

/** For what is forgotten at the end, such as a store in memory. */
export const passingSubjectSecret = (): string => newKey('', 32)

const newKey = (prefix: string, bytes: number): string => prefix + randomBytes(bytes).toString('base64url')

function readKeys(dataDir: string): KeysFile {
  const file = keysFile(dataDir)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    // No file, or no folder either: whether the folder can be had is found when the keys are kept.
    if (/^(ENOENT|ENOTDIR)$/.test((cause as NodeJS.ErrnoException).code ?? '')) return {}
    throw new FootfallError('bad_keys_file', `${file} cannot be read; make it readable for the user who runs the collector.`, {
      cause,
    })
  }
  try {
    return v.parse(KeysFile, JSON.parse(text))
  } catch (cause) {
    const sentence = `${file} does not hold keys; put it back from a backup: people who took consent back or were erased are recognised by it.`
    throw new FootfallError('bad_keys_file', sentence, { cause })
  }
}

/** Written beside and moved into place, so that a killed start leaves no half of it. */
function keepKeys(dataDir: string, keys: object): void {
  const file = keysFile(dataDir)
  const draft = `${file}.${process.pid}.new`
  writing(dataDir, () => {
    writeFileSync(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'w', flush: true })
    renameSync(draft, file)
  })
}

/** Long enough for anybody who reads and writes a small file. */
const turnMs = 2000

/** Two starts at once would each make a secret, and one of them work with what the file does not hold. */
function whileAlone<T>(dataDir: string, act: () => T): T {
  const turn = `${keysFile(dataDir)}.turn`
  const isTaken = (): boolean =>
    writing(dataDir, () => {
      makeFolder(dataDir)
      try {
        mkdirSync(turn)
        return true
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
        throw cause
      }
    })
  // Whoever has it for longer was killed over it.
  for (let waited = 0; !isTaken() && waited < turnMs; waited += 20)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  try {
    return act()
  } finally {
    rmSync(turn, { recursive: true, force: true })
  }
}

function writing<T>(dataDir: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    const sentence = `The data folder ${dataDir} cannot be written (${reason}); create it for the user who runs the collector, or set FOOTFALL_DATA_DIR to another folder.`
    throw new FootfallError('data_dir_unusable', sentence, { cause })
  }
}
