import { BlockList, isIP } from 'node:net'

/** Scheme and host exactly as a browser sends them in `Origin`; no wildcard, since each one would be somebody else's site. */
export function isOrigin(value: string): boolean {
  if (!/^https?:\/\/[^*]+$/.test(value)) return false
  try {
    return new URL(value).origin === value
  } catch {
    return false
  }
}

/** Where a collector is asked: nothing in it that a path cannot be put behind. */
export function isHttpUrl(value: string): boolean {
  if (!/^https?:\/\/[^?#@\s]+$/.test(value)) return false
  return URL.canParse(value)
}

/** An address, or a network in CIDR notation. */
export function isNetwork(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
}

/** An IANA time zone that this runtime knows. */
export function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}

/** Routes that a second path for events must not hide. */
const ownRoutes = ['/v1', '/reports', '/metrics', '/livez', '/readyz', '/openapi.json', '/footfall', '/footfall.js']

/** A path that hides none of the collector's own. */
export function isFreePath(value: string): boolean {
  if (!/^(\/[\w-]+(\.[\w-]+)*)+$/.test(value)) return false
  return !ownRoutes.some((route) => value === route || value.startsWith(`${route}/`))
}

/** The name of a cookie that may have a path, and is not our own. */
export function isCookieName(value: string): boolean {
  return /^[\w-]{1,64}$/.test(value) && !value.startsWith('__Host-') && value !== 'footfall_session'
}

/** Networks in the form that addresses are looked up in. */
export function blockListOf(networks: readonly string[]): BlockList {
  const blockList = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) blockList.addAddress(address, family)
    else blockList.addSubnet(address, Number(prefix), family)
  }
  return blockList
}
