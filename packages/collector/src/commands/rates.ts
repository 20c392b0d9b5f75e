import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { dataDirOf, loadOptions } from '../config.ts'
import { FootfallError } from '../errors.ts'
import { makeFolder } from '../make-folder.ts'
import { ratesFile, readRates, reasonOf } from '../rates-file.ts'
import type { Terminal } from './command.ts'

interface Given {
  readonly file: string
  readonly config: string | undefined
  readonly json: boolean
}

const dayMs = 86_400_000
/** What is older gives no rate for today. */
const freshDays = 7

/**
 * `footfall rates import`: checks a file of euro reference rates and puts it in the data folder, in place of the one before. Events that
 * are stored already keep the amounts they have.
 *
 * @param now ms since 1970 UTC
 * @throws FootfallError `bad_rates` when it cannot be used; then nothing has changed
 */
export async function importRates(
  { config, file, json: isJson }: Given,
  { out }: Pick<Terminal, 'out'>,
  now: number,
): Promise<void> {
  const options = await loadOptions({ file: config })
  const dataDir = dataDirOf(options)
  const { rates, text } = readOrSay(resolve(file))
  const target = ratesFile(dataDir)
  await replace(dataDir, target, text)
  const { currencies, from, to } = rates
  if (isJson) return out(JSON.stringify({ file: target, currencies, from, to, is_used: options.fxRates === undefined }))
  const { length } = currencies
  out(`Rates of ${length === 1 ? '1 currency' : `${length} currencies`}, from ${from} to ${to}: ${target}`)
  if (to < new Date(now - freshDays * dayMs).toISOString().slice(0, 10))
    out(`Its last day is more than ${freshDays} days ago: what happens now has no rate.`)
  if (options.fxRates !== undefined)
    out(`They are not used as long as fxRates (FOOTFALL_FX_RATES) names another file: ${options.fxRates}`)
  else out('A collector that is running takes them within a minute, for what it receives from then on.')
}

function readOrSay(file: string) {
  try {
    return readRates(file)
  } catch (cause) {
    throw new FootfallError('bad_rates', `${file} cannot be used (${reasonOf(cause)}); nothing was changed.`, { cause })
  }
}

/** All at once: a collector may be reading. */
async function replace(dataDir: string, target: string, text: string): Promise<void> {
  const draft = `${target}.${process.pid}.new`
  try {
    makeFolder(dataDir)
    await writeFile(draft, text, { flush: true })
    await rename(draft, target)
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {})
    const sentence = `The data folder ${dataDir} cannot be written (${reasonOf(cause)}); set FOOTFALL_DATA_DIR to one that can.`
    throw new FootfallError('data_dir_unusable', sentence, { cause })
  }
}
