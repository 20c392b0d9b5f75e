import { readFileSync } from 'node:fs'
import type { Context } from 'hono'
import { type CountryResponse, Reader, type Response } from 'maxmind'
import { FootfallError } from '../errors.ts'
import type { Peer } from '../ingest/peer.ts'

/** Where a request comes from, as coarse as consent needs it: `FR`, `US-CA`. */
export interface Region {
  readonly region: string
  /** Looked up by its address, said by a proxy in front of us, or said by the sender. */
  readonly source: 'geo' | 'header' | 'stated'
}

export type RegionOf = (c: Context, peer: Peer) => Region | null

/**
 * Reads regions from a file in MaxMind's format, else from a header of a trusted proxy. Nothing of the address is kept.
 *
 * @throws FootfallError `bad_setting` when the file cannot be used
 */
export function createRegionOf(geoDb: string | null, header: string | null): RegionOf {
  const lookUp = geoDb === null ? () => null : openGeoDb(geoDb)
  return (c, peer) => {
    const found = peer.address === null ? null : lookUp(peer.address)
    if (found !== null) return { region: found, source: 'geo' }
    const said = header !== null && peer.isProxied ? readRegion(c.req.header(header)) : null
    return said === null ? null : { region: said, source: 'header' }
  }
}

/** ISO 3166-1, or with a part after ISO 3166-2. Codes that say that nobody knows are none. */
export function readRegion(text: string | undefined): string | null {
  const region = text?.trim().toUpperCase() ?? ''
  return /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(region) && !/^(XX|ZZ|EU|AP)/.test(region) ? region : null
}

/** What databases of countries and of cities have in common, and what some say shorter. */
type Place = Response &
  Partial<CountryResponse> & {
    readonly country_code?: string
    readonly subdivisions?: readonly { readonly iso_code?: string }[]
  }

function openGeoDb(file: string): (address: string) => string | null {
  try {
    const reader = new Reader<Place>(readFileSync(file))
    // A file that is cut short opens all the same, and fails at the first address that leads beyond its end.
    for (const address of ['8.8.8.8', '193.0.6.139', '2001:4860:4860::8888']) if (canHold(reader, address)) reader.get(address)
    return (address) => (canHold(reader, address) ? regionIn(reader.get(address)) : null)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const sentence = `geoDb (FOOTFALL_GEO_DB) names ${file}, which cannot be read as a MaxMind database (${reason}); name another file, or leave it out: every region is then unknown.`
    throw new FootfallError('bad_setting', sentence, { cause })
  }
}

/** A file of IPv4 addresses knows no others, and its reader would look for them among the IPv4 ones. */
const canHold = ({ metadata }: Reader<Place>, address: string): boolean => metadata.ipVersion === 6 || !address.includes(':')

function regionIn(place: Place | null): string | null {
  if (place === null) return null
  const country = readRegion(place.country?.iso_code ?? place.country_code)
  const part = place.subdivisions?.[0]?.iso_code
  return country === null || part === undefined ? country : (readRegion(`${country}-${part}`) ?? country)
}
