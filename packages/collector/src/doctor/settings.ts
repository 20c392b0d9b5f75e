import { randomUUID } from 'node:crypto'
import { type CollectorOptions, type Config, dataDirOf, keysGiven, resolveConfig } from '../config.ts'
import { keptKeys } from '../keys.ts'
import { type Finding, ok, skipped, warning, wrong } from './finding.ts'

/** Settings as a start would have them. */
export interface Looked {
  readonly config: Config
  /** Projects that have no keys yet: a start would make them. */
  readonly withoutKeys: readonly string[]
}

/**
 * Checks settings as a start does, and makes nothing: keys that are still to be made are passing ones.
 *
 * @throws FootfallError `bad_setting`, `unknown_setting`, `bad_keys_file`
 */
export function lookAt(options: CollectorOptions): Looked {
  const kept = keptKeys(dataDirOf(options))
  const withoutKeys: string[] = []
  const completed = (project: string): Pick<CollectorOptions, 'writeKey' | 'secretKey'> => {
    const given = keysGiven(options, project)
    const known = kept.get(project)
    if (known === undefined && (given.writeKey === undefined || given.secretKey === undefined)) withoutKeys.push(project)
    return {
      writeKey: given.writeKey ?? known?.writeKeys ?? randomUUID(),
      secretKey: given.secretKey ?? known?.secretKeys ?? randomUUID(),
    }
  }
  const { projects } = options
  const complete =
    projects === undefined
      ? completed('default')
      : { projects: Object.fromEntries(Object.entries(projects).map(([id, own]) => [id, { ...own, ...completed(id) }])) }
  return { config: resolveConfig({ ...options, ...complete }), withoutKeys }
}

/** Below this a secret can be guessed, by whoever has the time. */
const shortSecret = 16
/** Of a key as it is made, or longer, all alike or of few characters is no chance. */
const fewCharacters = 8

/** Can somebody guess a secret key? That all are different was checked with the settings. */
export function judgeKeys({ config, withoutKeys }: Looked): readonly Finding[] {
  // Passing ones are as good as made ones.
  const weak = config.projects.filter(({ secretKeys }) => secretKeys.some(isWeak))
  if (weak.length > 0) {
    const says = `A secret key of ${listed(weak.map(({ id }) => id))} can be guessed: it is short, or made of few characters.`
    return [wrong('keys', says, 'Leave FOOTFALL_SECRET_KEY out to have one made, or set 32 random characters.')]
  }
  if (withoutKeys.length > 0) return [skipped('keys', `Keys of ${listed(withoutKeys)} are made at the first start.`)]
  const rotating = config.projects.filter(({ writeKeys, secretKeys }) => writeKeys.length + secretKeys.length > 2)
  if (rotating.length > 0)
    return [ok('keys', `All are different; old ones of ${listed(rotating.map(({ id }) => id))} still work.`)]
  return [ok('keys', 'All are different, and none is short.')]
}

const isWeak = (key: string): boolean => key.length < shortSecret || new Set(key).size < fewCharacters

/** Which pages may write? */
export function judgeOrigins(origins: readonly string[]): readonly Finding[] {
  if (origins.length === 0) return [ok('origins', "Only pages of the collector's own host may write.")]
  const findings: Finding[] = []
  const open = origins.filter((origin) => origin.startsWith('http:') && !isLocal(new URL(origin).hostname))
  if (open.length > 0) {
    const says = `${listed(open)}: whoever sits between such a page and its visitor reads and changes what it sends.`
    findings.push(warning('origins', says, 'Serve the shop with HTTPS, and list its https:// address.'))
  }
  const own = origins.filter((origin) => isLocal(new URL(origin).hostname))
  if (own.length > 0 && own.length < origins.length) {
    const says = `${listed(own)} may write beside the shop: whatever runs on a visitor's own machine.`
    findings.push(warning('origins', says, 'Leave it out where the shop is not being developed.'))
  }
  const nameless = origins.filter((origin) => !isLocal(new URL(origin).hostname) && !new URL(origin).hostname.includes('.'))
  if (nameless.length > 0) {
    const says = `${listed(nameless)} is no address that visitors have.`
    findings.push(warning('origins', says, 'Write the whole address, such as https://shop.example.'))
  }
  return findings.length > 0 ? findings : [ok('origins', `Pages of ${listed(origins)} may write.`)]
}

/** Is a host name, as it stands in an address, this machine's own? */
export const isLocal = (host: string): boolean => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(host)

/** How requests come in, as far as the settings say. */
export interface WayIn {
  readonly host: string
  /** What `url` is set to; `null` where it is not. */
  readonly url: string | null
  readonly trustedProxies: readonly string[]
}

/** Who is believed about where a request comes from? */
export function judgeProxies({ host, url, trustedProxies }: WayIn): readonly Finding[] {
  const all = trustedProxies.filter((network) => isTooWide(network))
  if (all.length > 0) {
    const says = `${listed(all)} is believed about the addresses of visitors: anybody there may claim any.`
    return [wrong('proxies', says, "Set FOOTFALL_TRUSTED_PROXIES to the proxies' own addresses.")]
  }
  if (trustedProxies.length > 0) return [ok('proxies', `${listed(trustedProxies)} is believed about the addresses of visitors.`)]
  if (url?.startsWith('https:') === true) {
    const says =
      'The collector is reached through a proxy (its url is https), and none is named: all visitors have the address of the proxy.'
    return [warning('proxies', says, 'Set FOOTFALL_TRUSTED_PROXIES, for a proxy on this machine to 127.0.0.1.')]
  }
  if (!isLocal(host.includes(':') ? `[${host}]` : host)) {
    const says = `It listens on ${host}, without a proxy: keys and events pass the network in the clear.`
    return [warning('proxies', says, 'Listen on 127.0.0.1 behind a proxy with HTTPS, and name that in FOOTFALL_TRUSTED_PROXIES.')]
  }
  return [ok('proxies', 'None is believed, and only this machine is listened to.')]
}

/** Wider than any network of proxies, unless it is a private one. */
function isTooWide(network: string): boolean {
  const [address = '', prefix] = network.split('/')
  if (prefix === undefined) return false
  // Where IPv4 addresses stand among those of IPv6.
  if (address.startsWith('::')) return Number(prefix) < 96 + 12
  if (/^(10\.|127\.|fc|fd)/i.test(address)) return Number(prefix) < 7
  return Number(prefix) < (address.includes(':') ? 16 : 12)
}

const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
