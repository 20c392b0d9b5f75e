import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '@footfall/testkit/free-port'
import { vi } from 'vitest'
import { versionOf } from '../version-of.ts'
import { type ReverseProxy, stop } from './proxy.ts'

// One that somebody built says that its version is unknown.
const version = versionOf('caddy', 'version')

export const caddy: ReverseProxy = {
  name: 'Caddy',
  whyNot: version === null || /^v?2\.[0-5]\./.test(version) ? 'there is no Caddy 2.6 or later' : null,
  async start({ folder, site, upstream, httpsPort }) {
    const [shop, reports] = ['shop.localhost', 'reports.localhost']
    const written = await readFile(new URL('../../Caddyfile', import.meta.url), 'utf8')
    const machine = ['skip_install_trust', 'admin off', 'local_certs', `storage file_system ${folder}`]
    const ports = [`http_port ${await freePort()}`, `https_port ${httpsPort}`]
    const options = ['{', ...machine, ...ports].join('\n')
    const file = join(folder, 'Caddyfile')
    await writeFile(
      file,
      written.replace(/^\{$/m, () => options).replace('/srv/shop', () => site),
    )

    const env = { PATH: process.env.PATH, HOME: folder, SHOP_HOST: shop, REPORTS_HOST: reports, FOOTFALL_UPSTREAM: upstream }
    const started = spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], { env })
    const said: string[] = []
    createInterface(started.stderr).on('line', (line) => said.push(line))
    const authority = await vi.waitFor(() => readFile(join(folder, 'pki/authorities/local/root.crt'), 'utf8'), 20_000)
    return {
      shop,
      reports,
      authority,
      log: async () => said.filter((line) => line.includes('"handled request"')),
      stop: () => stop(started),
    }
  },
}
