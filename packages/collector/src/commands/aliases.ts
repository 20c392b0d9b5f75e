import { asked, segment } from './client-command.ts'
import type { Terminal } from './command.ts'
import type { AskedValues } from './options.ts'
import { shown, table } from './terminal-text.ts'

interface WireAlias {
  readonly from: string
  readonly to: string
  readonly created_at: string
}

/** `footfall aliases list`: what the shop's own event names mean. */
export async function listAliases(given: AskedValues, { out }: Terminal): Promise<void> {
  const collector = await asked(given)
  const answer = (await collector.request('GET', '/v1/aliases')) as { readonly aliases: readonly WireAlias[] }
  if (given.json) return out(JSON.stringify(answer))
  if (answer.aliases.length === 0)
    return out('There are no aliases. To give a name of your own a meaning: footfall aliases set NAME NAME_OF_THE_CATALOGUE')
  for (const line of table(answer.aliases.map((alias) => [shown(alias.from), alias.to, alias.created_at]))) out(line)
}

/** `footfall aliases set` */
export async function setAlias(
  given: AskedValues & { readonly from: string; readonly to: string },
  { out }: Terminal,
): Promise<void> {
  const { from, to } = given
  const collector = await asked(given)
  const answer = await collector.request('PUT', `/v1/aliases/${segment(from)}`, { to })
  if (given.json) return out(JSON.stringify(answer))
  out(`${shown(from)} is ${to} from now on. For what is stored already: footfall reprocess.`)
}

/** `footfall aliases remove` */
export async function removeAlias(given: AskedValues & { readonly from: string }, { out }: Terminal): Promise<void> {
  const { from } = given
  const collector = await asked(given)
  await collector.request('DELETE', `/v1/aliases/${segment(from)}`)
  if (given.json) return out(JSON.stringify({ from }))
  out(`${shown(from)} is unknown again. For what is stored already: footfall reprocess.`)
}
