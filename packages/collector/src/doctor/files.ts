import type { Config } from '../config.ts'
import type { Rates } from '../normalise/rates.ts'
import { createRegionOf } from '../privacy/region.ts'
import { createRates, reasonOf } from '../rates-file.ts'
import { type Finding, ok, skipped, warning, wrong } from './finding.ts'

const dayMs = 86_400_000
/** What is older gives no rate for today. */
const freshDays = 7

/** @param now ms since 1970 UTC */
export function judgeRates(rates: Rates | null, baseCurrencies: readonly string[], now: number): Finding {
  if (rates === null) {
    return skipped(
      'rates',
      'No exchange rates are known: amounts in other currencies than the base currency are in no sum.',
      'Where there are any, run footfall rates import.',
    )
  }
  const unknown = [...new Set(baseCurrencies)].filter((currency) => currency !== 'EUR' && !rates.currencies.includes(currency))
  if (unknown.length > 0) {
    return wrong(
      'rates',
      `The exchange rates do not have ${unknown.join(', ')}, in which sums are reckoned.`,
      'Import a file that has it with footfall rates import.',
    )
  }
  const says = `Exchange rates of ${rates.currencies.length} currencies, up to ${rates.to}.`
  const isOld = rates.to < new Date(now - freshDays * dayMs).toISOString().slice(0, 10)
  return isOld
    ? warning('rates', `${says} What happens now has no rate.`, 'Import newer ones daily with footfall rates import.')
    : ok('rates', says)
}

export function checkRates(config: Config, now: number): readonly Finding[] {
  try {
    const currencies = config.projects.map(({ baseCurrency }) => baseCurrency)
    return [judgeRates(createRates(config).current(), currencies, now)]
  } catch (cause) {
    return [wrong('rates', reasonOf(cause), 'Import another file with footfall rates import.')]
  }
}

export function checkGeoDb({ geoDb }: Config): readonly Finding[] {
  if (geoDb === null) return []
  try {
    createRegionOf(geoDb, null)
    return [ok('geo_db', `${geoDb} answers.`)]
  } catch (cause) {
    return [wrong('geo_db', reasonOf(cause), 'Name another file in FOOTFALL_GEO_DB, or leave it out.')]
  }
}
