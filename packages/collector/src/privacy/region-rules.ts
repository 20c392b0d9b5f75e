import type { DecisionPurpose } from '@footfall/events'

/** `opt_in`: only what was granted. `opt_out`: allowed until somebody objects (`not_required` in a snapshot). */
export type Rule = 'opt_in' | 'opt_out'

export type RulesOfRegion = { readonly [P in DecisionPurpose]: Rule }

/** By country (`FR`) or country and subdivision (`US-CA`), ISO 3166; `*` is every other place, and a place that is not known. */
export type RegionRules = Readonly<Record<string, RulesOfRegion>>

const optIn: RulesOfRegion = { analytics: 'opt_in', personalization: 'opt_in', marketing: 'opt_in', sale_of_data: 'opt_in' }
const optOut: RulesOfRegion = { analytics: 'opt_out', personalization: 'opt_out', marketing: 'opt_out', sale_of_data: 'opt_out' }

/**
 * What holds where, unless the shop's own rules say otherwise. Everywhere but in the United States somebody has to say yes first: by law
 * in the EEA, the United Kingdom, Switzerland and others, elsewhere because it is the careful reading. The opt-out signal of browsers is
 * honoured everywhere, whatever stands here.
 */
export const defaultRegionRules: RegionRules = { '*': optIn, US: optOut }

export type RegionRulesOptions = Readonly<Record<string, { readonly [P in DecisionPurpose]?: Rule }>>

/** Puts a shop's rules over the defaults. What a region of theirs leaves out holds as before. */
export function withRules(given: RegionRulesOptions): RegionRules {
  const rules: Record<string, RulesOfRegion> = { ...defaultRegionRules }
  // Countries before their parts, so that a part starts from what was said about the whole.
  for (const [region, own] of Object.entries(given).sort(([one], [other]) => one.length - other.length)) {
    rules[region] = { ...rulesOf(rules, region === '*' ? null : region), ...own }
  }
  return rules
}

/** The rules of a region: its own, its country's, or those of every other place. */
export function rulesOf(rules: RegionRules, region: string | null): RulesOfRegion {
  const [country = ''] = region?.split('-', 1) ?? []
  for (const name of [region ?? '', country]) {
    const own = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (own !== undefined) return own
  }
  return rules['*'] ?? optIn
}
