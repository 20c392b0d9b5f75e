import { once } from 'node:events'
import puppeteer, { type Browser, type LaunchOptions, type Page } from 'puppeteer-core'
import type { RunningBrowser, Tab } from './engine.ts'
import { findRenderer, kill, killTree } from './processes.ts'

/**
 * Launches a browser that puppeteer speaks to: Chromium by the DevTools protocol, Firefox by WebDriver BiDi.
 * @param isRenderer matches the command of processes that run pages
 */
export async function launchWithPuppeteer(options: LaunchOptions, isRenderer: RegExp): Promise<RunningBrowser> {
  const browser = await puppeteer.launch(options)
  const pid = browser.process()?.pid
  if (pid === undefined) throw new Error(`${options.executablePath} does not start`)
  return {
    async openTab(address) {
      const page = await browser.newPage()
      // The empty page that a tab begins with would be an entry of its history.
      await Promise.all([page.waitForNavigation(), page.evaluate(`location.replace(${JSON.stringify(address)})`)])
      return tabOf(page, pid, isRenderer)
    },
    async setOffline(isOffline) {
      for (const page of await browser.pages()) await page.setOfflineMode(isOffline)
    },
    async kill() {
      await killTree(pid)
      await endOf(browser)
    },
    close: () => browser.close(),
  }
}

/** Resolves once the browser's process has been seen off: then its device is free for another. */
async function endOf(browser: Browser): Promise<void> {
  const process = browser.process()
  if (process?.exitCode === null && process.signalCode === null) await once(process, 'exit')
}

function tabOf(page: Page, browser: number, isRenderer: RegExp): Tab {
  const run = (body: string) => page.evaluate(`(() => { ${body} })()`)
  return {
    run,
    async setQuota(quotaSize) {
      const devtools = await page.createCDPSession()
      await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize })
    },
    close: () => page.close(),
    async findProcess() {
      const pid = await findRenderer(browser, isRenderer, run)
      return async () => {
        kill(pid)
        await page.close() // what is left is an empty tab with an excuse
      }
    },
  }
}
