import { catalogue, limits, protectedNames } from '@footfall/events'
import { type Refusal, refuse } from '../errors.ts'
import { resolveEventName } from '../normalise/event-name.ts'
import { isAliasTarget, isFreeName } from './resolve-name.ts'

/** Says why an event name cannot be given the meaning of another; `null` where it can. */
export function checkAlias(from: string, to: unknown): Refusal | null {
  if (from === '' || from.length > limits.maxNameLength || !from.isWellFormed())
    return badAlias(`The name of an event has 1 to ${limits.maxNameLength} characters.`)
  if (typeof to !== 'string') return badAlias('Send the name that is meant, as {"to":"product_added"}.')
  if (!isAliasTarget(to)) return badAlias(whyNoTarget(to))
  return isFreeName(from) ? null : badAlias(whyNotFree(from))
}

function whyNoTarget(to: string): string {
  const definition = catalogue.get(to)
  if (definition === undefined) return 'to is no name of the catalogue; an alias leads to one of those, such as product_added.'
  return definition.purpose === 'necessary'
    ? `${to} needs no consent, so it is taken only from events that were sent under this name.`
    : `The collector makes ${to} from other events; nothing else can be it.`
}

function whyNotFree(from: string): string {
  const { isKnown, name, rule } = resolveEventName(from)
  if (isKnown) return `Events of this name are ${name} already (${rule}).`
  return protectedNames.has(from)
    ? 'This name means something else in another vocabulary, so that it keeps its own.'
    : `This name keeps its own meaning (${rule}).`
}

const badAlias = (detail: string): Refusal => refuse('bad_alias', detail)
