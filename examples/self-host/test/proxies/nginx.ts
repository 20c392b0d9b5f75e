import { execFile, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { versionOf } from '../version-of.ts'
import { type ReverseProxy, stop } from './proxy.ts'

const run = promisify(execFile)

const minor = Number(/\/1\.(\d+)/.exec(versionOf('nginx', '-v') ?? '')?.[1] ?? 0)
const hasOpenssl = versionOf('openssl', 'version') !== null

export const nginx: ReverseProxy = {
  name: 'nginx',
  whyNot: minor < 22 ? 'there is no nginx 1.22 or later' : hasOpenssl ? null : 'there is no openssl',
  async start({ folder, site, upstream, httpsPort }) {
    const [shop, reports] = ['shop.example', 'reports.shop.example']
    const live = join(folder, 'live')
    const authority = await Promise.all([shop, reports].map((name) => certify(join(live, name), name)))
    // What does not listen for the test listens on a socket in the folder: free on every machine, and without IPv6.
    const example = (await readFile(new URL('../../nginx.conf', import.meta.url), 'utf8'))
      .replaceAll('/etc/letsencrypt/live', live)
      .replaceAll('/var/log/nginx', folder)
      .replace('127.0.0.1:8080', upstream)
      .replace('/srv/shop', site)
      .replaceAll('listen 443', `listen 127.0.0.1:${httpsPort}`)
      .replaceAll(/listen (?:\[::\]:)?(80|443)/g, (listen, port) => `listen unix:${folder}/${listen.length}-${port}`)
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${folder}/${what};`)
    const file = join(folder, 'nginx.conf')
    const main = ['daemon off;', 'master_process off;', `pid ${folder}/pid;`, `error_log ${folder}/error.log;`, 'events {}']
    await writeFile(file, [...main, 'http {', ...places, example, '}', ''].join('\n'))

    const args = ['-e', join(folder, 'error.log'), '-c', file]
    const { stderr } = await run('nginx', ['-t', ...args])
    const said = stderr
      .trim()
      .split('\n')
      // Since 1.25.1 there is a directive for it, which 1.22 does not know.
      .filter((line) => !line.includes('the "listen ... http2" directive is deprecated'))
    expect(said).toEqual([expect.stringContaining('syntax is ok'), expect.stringContaining('test is successful')])

    const started = spawn('nginx', args, { stdio: 'ignore' })
    return {
      shop,
      reports,
      authority: authority.join(''),
      log: async () => (await readFile(join(folder, 'footfall.log'), 'utf8')).trim().split('\n'),
      stop: () => stop(started),
    }
  },
}

/** @returns a certificate that vouches for itself */
async function certify(folder: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const [certificate, key] = [join(folder, 'fullchain.pem'), join(folder, 'privkey.pem')]
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const named = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  await run('openssl', ['req', ...made, ...named, '-keyout', key, '-out', certificate])
  return readFile(certificate, 'utf8')
}
