import { type ChildProcess, spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { findExecutable } from '../browsers.ts'
import type { Engine } from './engine.ts'
import { launchWithWebDriver } from './webdriver.ts'

const driver = findExecutable(['/usr/bin/WebKitWebDriver'])
const screen = findExecutable(['/usr/bin/Xvfb'])
const [browser] = globSync('/usr/lib/*/webkit{2gtk,gtk}-*/MiniBrowser')

const ephemeral = 'a WebKitGTK that is automated keeps its device in memory, and forgets it when it ends'

/** The machine's WebKitGTK, on a screen that is not there. */
export const webkit: Engine = {
  name: 'WebKitGTK',
  missing: driver && screen && browser ? undefined : 'no WebKitWebDriver, MiniBrowser or Xvfb (Debian: webkit2gtk-driver, xvfb)',
  cannot: {
    profile: ephemeral,
    crash: `WebKitWebDriver ends the browser when a page's process dies; ${ephemeral}`,
    popups: 'WebKitGTK lets a page open another only upon a click',
    offline: 'WebDriver has no command for the network',
    prerendering: 'WebKitGTK does not prerender',
    quota: 'WebDriver has no command for it',
  },
  async launch() {
    const { display, server } = await startScreen()
    const running = await launchWithWebDriver(
      driver ?? '',
      // Its sandbox wants privileges that a test machine seldom has; the pages it opens here are our own.
      { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
      { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } },
    )
    const andScreen = (end: () => Promise<void>) => async () => {
      await end()
      server.kill()
    }
    return { ...running, kill: andScreen(running.kill), close: andScreen(running.close) }
  },
}

/** An X server with a number of its own choice. */
function startScreen(): Promise<{ readonly display: string; readonly server: ChildProcess }> {
  const server = spawn(screen ?? '', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.stdio[3]?.once('data', (number) => resolve({ display: `:${`${number}`.trim()}`, server }))
  })
}
