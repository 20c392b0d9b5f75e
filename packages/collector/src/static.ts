import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { type Refusal, refuse } from './errors.ts'

/** A built file, ready to be sent. */
export interface Asset {
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly gzip: Uint8Array<ArrayBuffer>
  readonly brotli: Uint8Array<ArrayBuffer>
  readonly etag: string
  /** For `integrity` attributes: `sha384-…`. */
  readonly integrity: string
  /** Changes with the content: the name of its immutable address. */
  readonly version: string
}

/** The files that other packages build for the collector to serve. */
export interface Assets {
  /** The tracker for script tags. */
  tracker(): Asset | Refusal
  /** A script that goes with it: the banner, or what follows a consent platform. */
  tag(file: string): Asset | Refusal
  /** A file of the reports page. */
  reports(file: string): Asset | Refusal
}

/** Finds the file behind a package's export, and throws where there is none. */
export type Resolve = (specifier: string) => string

/** Reads each file when it is first asked for, and again only if it was missing then. */
export function createAssets(resolve: Resolve = createRequire(import.meta.url).resolve): Assets {
  let trackerAsset: Asset | null = null
  let tagAssets: ReadonlyMap<string, Asset> | null = null
  let reportAssets: ReadonlyMap<string, Asset> | null = null
  return {
    tracker() {
      trackerAsset ??= read(resolve, '@footfall/browser/footfall.js')
      return trackerAsset ?? notBuilt('The tracker')
    },
    tag(file) {
      tagAssets ??= readFolderOf(resolve, '@footfall/browser/tags/banner.js')
      if (tagAssets === null) return notBuilt('The banner')
      return (
        tagAssets.get(file) ??
        refuse('not_found', `There is no such script; there are ${[...tagAssets.keys()].sort().join(', ')}.`)
      )
    },
    reports(file) {
      reportAssets ??= readFolderOf(resolve, '@footfall/reports/index.html')
      if (reportAssets === null) return notBuilt('The reports page')
      return reportAssets.get(file) ?? refuse('not_found', 'The reports page has no such file.')
    },
  }
}

const notBuilt = (what: string): Refusal => refuse('not_built', `${what} has not been built; run pnpm build.`)

function read(resolve: Resolve, specifier: string): Asset | null {
  try {
    return assetOf(resolve(specifier))
  } catch {
    return null // not built yet, or not installed
  }
}

/** The files beside an entry, by name: what is not among them cannot be asked for. */
function readFolderOf(resolve: Resolve, specifier: string): ReadonlyMap<string, Asset> | null {
  try {
    const folder = dirname(resolve(specifier))
    const files = readdirSync(folder).filter((file) => types.has(extname(file)))
    return new Map(files.map((file) => [file, assetOf(join(folder, file))]))
  } catch {
    return null
  }
}

const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
])

function assetOf(path: string): Asset {
  const bytes = Uint8Array.from(readFileSync(path))
  const digest = hash('sha384', bytes, 'base64')
  return {
    type: types.get(extname(basename(path))) ?? 'application/octet-stream',
    bytes,
    gzip: Uint8Array.from(gzipSync(bytes, { level: 9 })),
    brotli: Uint8Array.from(brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })),
    etag: `"${digest.slice(0, 24)}"`,
    integrity: `sha384-${digest}`,
    version: hash('sha256', bytes, 'hex').slice(0, 12),
  }
}

/** Sends an asset in the best coding that the client takes, or 304 where it has it already. */
export function assetResponse(
  asset: Asset,
  request: Request | { readonly headers: Headers },
  headers: Readonly<Record<string, string>>,
): Response {
  const common = { etag: asset.etag, vary: 'Accept-Encoding', 'x-content-type-options': 'nosniff', ...headers }
  if (isKnown(request.headers.get('if-none-match') ?? '', asset)) return new Response(null, { status: 304, headers: common })
  const { bytes, encoding } = codingOf(asset, request.headers.get('accept-encoding') ?? '')
  return new Response(bytes, {
    headers: { ...common, 'content-type': asset.type, ...(encoding === null ? {} : { 'content-encoding': encoding }) },
  })
}

/** A proxy that compresses makes weak tags of ours. @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
const isKnown = (noneMatch: string, { etag }: Asset): boolean =>
  noneMatch.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()))

function codingOf(asset: Asset, accepted: string): { readonly bytes: Uint8Array<ArrayBuffer>; readonly encoding: string | null } {
  if (takes(accepted, 'br')) return { bytes: asset.brotli, encoding: 'br' }
  if (takes(accepted, 'gzip')) return { bytes: asset.gzip, encoding: 'gzip' }
  return { bytes: asset.bytes, encoding: null }
}

const takes = (accepted: string, coding: string): boolean =>
  accepted.split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase())
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
