import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { FootfallError } from './errors.ts'
import { loadRates, maxRatesLength, type Rates } from './normalise/rates.ts'

/** Where `footfall rates import` puts what it has checked. */
export const ratesFile = (dataDir: string): string => join(dataDir, 'rates.csv')

/** The rates in force. A running collector goes on with those it has until the file is replaced by a better one. */
export interface RatesInForce {
  /** `null`: none are known. */
  current(): Rates | null
  /** Looks whether the file has changed. @throws FootfallError when what stands there now cannot be used */
  look(): boolean
}

/**
 * Reads the rates that the settings name, else those in the data folder, where there are any.
 *
 * @throws FootfallError `bad_setting` or `bad_rates`
 */
export function createRates({ fxRates, dataDir }: Pick<Config, 'fxRates' | 'dataDir'>): RatesInForce {
  const file = fxRates ?? ratesFile(dataDir)
  let seen: string | null = null
  let rates: Rates | null = null
  look()
  return { current: () => rates, look }

  function look(): boolean {
    const now = stampOf(file)
    if (now === seen) return false
    seen = now
    if (now === '' && fxRates === null) rates = null
    else rates = readOrSay()
    return true
  }

  function readOrSay(): Rates {
    try {
      return readRates(file).rates
    } catch (cause) {
      const reason = reasonOf(cause)
      if (fxRates === null) {
        const sentence = `${file} cannot be used (${reason}); put another one there with footfall rates import, or move it away.`
        throw new FootfallError('bad_rates', sentence, { cause })
      }
      const sentence = `fxRates (FOOTFALL_FX_RATES) names ${file}, which cannot be used (${reason}); name a file of euro reference rates, or leave it out.`
      throw new FootfallError('bad_setting', sentence, { cause })
    }
  }
}

/**
 * Reads a file of rates.
 *
 * @throws FootfallError `bad_rates`, or what the system says
 */
export function readRates(file: string): { readonly rates: Rates; readonly text: string } {
  const { size } = statSync(file)
  if (size > maxRatesLength) throw new FootfallError('bad_rates', `It is larger than ${maxRatesLength / 2 ** 20} MiB.`)
  const text = readFileSync(file, 'utf8')
  return { rates: loadRates(text), text }
}

/** Why a file could not be read, to stand in a sentence. */
export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause))

/** Tells one state of a file from another; empty where there is none. */
function stampOf(file: string): string {
  try {
    const stats = statSync(file, { throwIfNoEntry: false })
    return stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`
  } catch {
    return 'out of reach' // reading it says why
  }
}
