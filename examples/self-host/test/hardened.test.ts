import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { asServed } from '@footfall/testkit/as-served'
import { sayNotTested } from '@footfall/testkit/not-tested'
import { expect, onTestFinished, test } from 'vitest'
import { versionOf } from './version-of.ts'

const run = promisify(execFile)
const beside = (file: string) => readFile(new URL(`../${file}`, import.meta.url), 'utf8')

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'footfall-self-host-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

const flags = asServed.execArgv.join(' ')
const heapOfC = Object.entries(asServed.env).map(([name, value]) => `${name}=${value}`)

/** What files promise: lines that each must have, as whole lines, as often as it says (once, if it does not). */
const promises: readonly {
  readonly file: string
  readonly why: string
  readonly lines: readonly string[]
  readonly times?: number
}[] = [
  {
    file: 'Containerfile',
    why: 'it is not root, by a number that Kubernetes can judge',
    lines: ['USER 1000:1000'],
  },
  {
    file: 'Containerfile',
    why: 'only its own user reads the store and the keys',
    lines: ['RUN install -d -o node -g node -m 0700 /data'],
  },
  {
    file: 'Containerfile',
    why: 'no package runs a script of its own when it is installed',
    lines: ['RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier /packed/*.tgz'],
  },
  {
    file: 'Containerfile',
    why: 'Node itself hears SIGTERM, no shell between',
    lines: [`ENTRYPOINT ["node", "${flags}", "/opt/footfall/node_modules/@footfall/collector/dist/main.js"]`],
  },
  {
    file: 'Containerfile',
    why: 'its memory is bounded as it was measured',
    lines: heapOfC.map((variable) => `${variable} \\`),
  },
  {
    file: 'footfall.service',
    why: 'its memory is bounded as it was measured',
    lines: [
      `ExecStart=/usr/bin/node ${flags} /opt/footfall/node_modules/@footfall/collector/dist/main.js serve`,
      ...heapOfC.map((variable) => `Environment=${variable}`),
    ],
  },
  {
    file: 'compose.yaml',
    why: 'neither the collector nor Caddy writes outside its volumes, or gains rights',
    lines: ['read_only: true', 'cap_drop: [ALL]', '- no-new-privileges:true'],
    times: 2,
  },
  {
    file: 'compose.yaml',
    why: 'Caddy has one right back: its ports are below 1024',
    lines: ['cap_add: [NET_BIND_SERVICE]'],
  },
  {
    file: 'compose.yaml',
    why: 'what can be written for a while is small, and nothing runs from there',
    lines: ['- /tmp:mode=1777,size=16m,noexec,nosuid,nodev'],
  },
  {
    file: 'compose.yaml',
    why: 'what is stored outlives its container',
    lines: ['- data:/data'],
  },
  {
    file: 'compose.yaml',
    why: 'a fault takes neither the memory nor the processes of the machine',
    lines: ['mem_limit: 1g', 'pids_limit: 64'],
  },
  {
    file: 'compose.yaml',
    why: 'Caddy cannot change its settings, or the shop',
    lines: ['- ./Caddyfile:/etc/caddy/Caddyfile:ro', '- ./shop:/srv/shop:ro'],
  },
  {
    file: 'compose.yaml',
    why: 'only Caddy is believed about addresses, and it keeps its own',
    lines: ['FOOTFALL_TRUSTED_PROXIES: 172.30.84.2', 'ipv4_address: 172.30.84.2'],
  },
  {
    file: 'compose.yaml',
    why: 'it is not killed while it drains',
    lines: ['stop_grace_period: 20s'],
  },
  {
    file: 'footfall.service',
    why: 'a user of its own, whose files nobody else reads',
    lines: ['User=footfall', 'Group=footfall', 'StateDirectory=footfall', 'StateDirectoryMode=0700', 'UMask=0077'],
  },
  {
    file: 'footfall.service',
    why: 'no right of root, now or later',
    lines: [
      ...['NoNewPrivileges=yes', 'CapabilityBoundingSet=', 'AmbientCapabilities=', 'RestrictSUIDSGID=yes'],
      ...['PrivateUsers=yes', 'RestrictNamespaces=yes', 'RestrictRealtime=yes', 'LockPersonality=yes', 'KeyringMode=private'],
    ],
  },
  {
    file: 'footfall.service',
    why: 'it writes to one folder, and does not see what is other people’s',
    lines: ['ProtectSystem=strict', 'ProtectHome=yes', 'PrivateTmp=yes', 'PrivateDevices=yes', 'RemoveIPC=yes'],
  },
  {
    file: 'footfall.service',
    why: 'it neither changes the kernel nor looks at other processes',
    lines: [
      ...['ProtectClock=yes', 'ProtectControlGroups=yes', 'ProtectHostname=yes', 'ProtectKernelLogs=yes'],
      ...['ProtectKernelModules=yes', 'ProtectKernelTunables=yes', 'ProtectProc=invisible', 'ProcSubset=pid'],
    ],
  },
  {
    file: 'footfall.service',
    why: 'system calls are those of a service',
    lines: [
      ...['SystemCallArchitectures=native', 'SystemCallFilter=@system-service', 'SystemCallFilter=~@privileged @resources'],
      'SystemCallErrorNumber=EPERM',
    ],
  },
  {
    file: 'footfall.service',
    why: 'it speaks with this machine only',
    lines: ['IPAddressDeny=any', 'IPAddressAllow=localhost', 'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX'],
  },
  {
    file: 'footfall.service',
    why: 'a fault takes neither the memory nor the processes of the machine',
    lines: ['MemoryMax=1G', 'TasksMax=64'],
  },
  {
    file: 'footfall.service',
    why: 'it is not killed while it drains',
    lines: ['KillSignal=SIGTERM', 'TimeoutStopSec=20s'],
  },
  {
    file: 'footfall.service',
    why: 'it comes back, but not with a setting that cannot be used, and not all night',
    lines: ['Restart=on-failure', 'RestartPreventExitStatus=2', 'StartLimitIntervalSec=5min', 'StartLimitBurst=10'],
  },
  {
    file: 'nginx.conf',
    why: 'who comes without TLS is sent to where it is, and stands in no log',
    lines: ['listen 80;', 'listen [::]:80;', 'return 308 https://$host$request_uri;', 'access_log off;'],
  },
  {
    file: 'nginx.conf',
    why: 'both names speak TLS, of versions that are not broken',
    lines: ['listen 443 ssl http2;', 'listen [::]:443 ssl http2;', 'ssl_protocols TLSv1.2 TLSv1.3;'],
    times: 2,
  },
  {
    file: 'nginx.conf',
    why: 'each name has a certificate of its own',
    lines: ['shop.example', 'reports.shop.example'].flatMap((name) => [
      `server_name ${name};`,
      `ssl_certificate     /etc/letsencrypt/live/${name}/fullchain.pem;`,
      `ssl_certificate_key /etc/letsencrypt/live/${name}/privkey.pem;`,
    ]),
  },
  {
    file: 'nginx.conf',
    why: 'logs know no people: networks instead of addresses, and no ids',
    lines: ['access_log /var/log/nginx/footfall.log footfall;', 'error_log /var/log/nginx/error.log crit;'],
    times: 2,
  },
  {
    file: 'nginx.conf',
    why: 'what the log calls a network and a route is one',
    lines: [
      '~^(?<v4>\\d+\\.\\d+\\.\\d+)\\.            $v4.0;',
      '~^(?<v6>[0-9a-f]*:[0-9a-f]*:[0-9a-f]*): $v6::;',
      '~^(?<known>/v1/(subjects|consent))/ $known/-;',
      "log_format footfall '$time_iso8601 $footfall_network $request_method $footfall_route $status $body_bytes_sent $request_time';",
    ],
  },
  {
    file: 'nginx.conf',
    why: 'what a visitor writes about who they are is not passed on',
    lines: [
      ...['proxy_set_header X-Forwarded-For $remote_addr;', 'proxy_set_header X-Forwarded-Proto $scheme;'],
      ...['proxy_set_header X-Forwarded-Host $host;', 'proxy_set_header Host $host;'],
    ],
    times: 2,
  },
  {
    file: 'nginx.conf',
    why: 'metrics are for those inside',
    lines: ['location = /metrics {', 'return 404;'],
  },
  {
    file: 'nginx.conf',
    why: 'who has seen the reports over TLS never asks for them without',
    lines: ['add_header Strict-Transport-Security "max-age=31536000" always;'],
  },
  {
    file: 'Caddyfile',
    why: 'both names stand there without a scheme: then Caddy brings certificates, and leads to them from port 80',
    lines: ['{$SHOP_HOST:shop.example} {', '{$REPORTS_HOST:reports.shop.example} {'],
  },
  {
    file: 'Caddyfile',
    why: 'logs know no people: networks instead of addresses, no headers, and no ids',
    lines: [
      ...['request>remote_ip ip_mask {', 'request>client_ip ip_mask {', 'request>remote_port delete'],
      ...['request>headers delete', 'resp_headers delete'],
      'request>uri regexp "^(/v1/(?:subjects|consent)/|[^?]*).*" "$1"',
    ],
  },
  {
    file: 'Caddyfile',
    why: 'metrics are for those inside',
    lines: ['handle /metrics {', 'respond 404'],
  },
]

// A name that test.each makes is cut short.
for (const { file, why, lines, times = 1 } of promises) {
  test(`${file}: ${why}`, async () => {
    const written = (await beside(file)).split('\n').map((line) => line.trim())
    const found = lines.map((line) => ({ line, times: written.filter((one) => one === line).length }))
    expect(found).toEqual(lines.map((line) => ({ line, times })))
  })
}

test('compose.yaml lets nobody but Caddy reach the collector', async () => {
  const [collector = ''] = (await beside('compose.yaml')).split('\n  caddy:')
  expect(collector).toContain('\n  footfall:')
  expect(collector).not.toMatch(/^\s*(ports|network_mode|privileged):/m)
})

const systemd = Number(/^systemd (\d+)/.exec(versionOf('systemd-analyze', '--version') ?? '')?.[1] ?? 0)
const whyNoSystemd = systemd < 250 ? 'there is no systemd-analyze 250 or later' : null
sayNotTested('the unit by systemd-analyze', whyNoSystemd)

test.skipIf(whyNoSystemd !== null)('systemd has nothing to say about the unit, and finds little left to close', async () => {
  const unit = join(await temporaryFolder(), 'footfall.service')
  // Node is elsewhere on many machines, and a unit whose program is missing is a bad one.
  await writeFile(unit, (await beside('footfall.service')).replace('/usr/bin/node', process.execPath))
  expect(await run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=one', unit])).toEqual({ stdout: '', stderr: '' })

  const { stdout } = await run('systemd-analyze', ['security', '--offline=yes', '--no-pager', unit])
  const [, exposure] = /Overall exposure level for footfall\.service: ([\d.]+)/.exec(stdout) ?? []
  // 1.1 by systemd 252. What each thing weighs is not the same in every version.
  expect(Number(exposure)).toBeLessThan(1.5)
})
