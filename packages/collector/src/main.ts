#!/usr/bin/env node
import { readFileSync } from 'node:fs'

// Nothing else is imported before it is known that this Node can: an older one would end with an error about something it does not have.
const [needed = ''] = /\d+\.\d+/.exec(neededNode()) ?? []
if (isOlder(process.versions.node, needed)) {
  process.stderr.write(
    `footfall: This is Node ${process.versions.node}; Footfall needs Node ${needed} or newer: https://nodejs.org\n`,
  )
  process.exitCode = 2
} else {
  await import('./heap-flags.ts')
  const { runFootfall } = await import('./cli.ts')
  process.exitCode = await runFootfall(process.argv.slice(2))
  // Drained, or given up: what a library still holds open must not keep a server from ending.
  process.exit()
}

function neededNode(): string {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    engines: { node: string }
  }
  return engines.node
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [neededMajor = 0, neededMinor = 0] = than.split('.').map(Number)
  return major < neededMajor || (major === neededMajor && minor < neededMinor)
}
