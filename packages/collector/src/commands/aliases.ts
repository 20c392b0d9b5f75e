import { askCollector } from './ask-collector.ts'
import { askedOptions, badUsage, type ClientCommand, readWords, segment, shown, table } from './client-command.ts'

interface WireAlias {
  readonly from: string
  readonly to: string
  readonly created_at: string
}

/** `footfall aliases`: shows what the shop's own event names mean, and changes it. */
export const aliases: ClientCommand = async (args, { out }) => {
  const { values, positionals } = readWords(args, askedOptions)
  const [verb = 'list', from, to, ...more] = positionals
  const isJson = values.json === true
  const ask = () => askCollector({ file: values.config, url: values.url, project: values.project })
  if (verb === 'list' && from === undefined) {
    const answer = (await (await ask()).request('GET', '/v1/aliases')) as { readonly aliases: readonly WireAlias[] }
    if (isJson) return out(JSON.stringify(answer))
    if (answer.aliases.length === 0) return out('There are no aliases.')
    for (const line of table(answer.aliases.map((alias) => [shown(alias.from), alias.to, alias.created_at]))) out(line)
    return
  }
  if (verb === 'set' && from !== undefined && to !== undefined && more.length === 0) {
    const answer = await (await ask()).request('PUT', `/v1/aliases/${segment(from)}`, { to })
    if (isJson) return out(JSON.stringify(answer))
    out(`${shown(from)} is ${to} from now on. For what is stored already: footfall reprocess.`)
    return
  }
  if (verb === 'remove' && from !== undefined && to === undefined) {
    await (await ask()).request('DELETE', `/v1/aliases/${segment(from)}`)
    if (isJson) return out(JSON.stringify({ from }))
    out(`${shown(from)} is unknown again. For what is stored already: footfall reprocess.`)
    return
  }
  throw badUsage('Say footfall aliases list, set FROM TO, or remove FROM.')
}
