import { accessSync, constants } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

const systemChromiums = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

/** The first of these paths that holds a program. */
export const findExecutable = (paths: readonly string[]): string | undefined => paths.find(isExecutable)

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const definedEnv = () =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** How to launch a real Chromium here: the system's own where there is one, else the one that npm carries. */
export interface ChromiumLaunch {
  readonly executablePath: string
  readonly args: string[]
  readonly env: Record<string, string>
}

// A browser under test talks to this machine only: no look-ups, updates or accounts of its own. The sandbox wants privileges
// that a test machine seldom has; the pages it opens here are our own.
const quietArgs = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

/**
 * Finds a Chromium: `FOOTFALL_CHROMIUM` if set, a system browser, or the binary of `@sparticuz/chromium`, which is unpacked into
 * the temporary folder on first use.
 */
export async function findChromium(): Promise<ChromiumLaunch> {
  const path = process.env.FOOTFALL_CHROMIUM ?? findExecutable(systemChromiums)
  // Without a language of its own, a machine's Chromium speaks `en-US@posix`, which no visitor's does and Intl refuses.
  const env = { ...definedEnv(), LANG: 'en_GB.UTF-8', LANGUAGE: 'en_GB', LC_ALL: 'en_GB.UTF-8' }
  if (path !== undefined) return { executablePath: path, args: quietArgs, env }
  // Its own arguments are left out: they switch off web security and process isolation, which are what the tests are about.
  sparticuz.setGraphicsMode = false
  return { executablePath: await sparticuz.executablePath(), args: quietArgs, env }
}

/**
 * What a visitor's Chromium calls itself. A headless one calls itself a robot, and would be counted as one; a page's own setting of the
 * name would not reach the requests that outlive the page.
 */
export const userAgentArg =
  '--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36'

/** Launches a real, headless Chromium that looks like a visitor's. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, args, env } = await findChromium()
  return chromium.launch({ executablePath, args: [...args, userAgentArg], env, headless: true })
}
