import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { Builder, Capabilities, error, type WebDriver } from 'selenium-webdriver'
import { freePort } from '../free-port.ts'
import type { RunningBrowser, Tab } from './engine.ts'
import { killTree } from './processes.ts'

/** Launches a browser through a WebDriver service of its own. */
export async function launchWithWebDriver(
  command: string,
  env: NodeJS.ProcessEnv,
  capabilities: Readonly<Record<string, unknown>>,
): Promise<RunningBrowser> {
  const port = await freePort()
  const service = spawn(command, [`--port=${port}`], { env, stdio: 'ignore' })
  const driver = await connect(`http://127.0.0.1:${port}`, capabilities, service)
  const inTab = takeTurns(driver)
  // A session ends with its last tab, and opens another only from one that is there: the first one stays.
  const first = await driver.getWindowHandle()
  const end = () => killTree(service.pid ?? 0) // connected to, so it runs
  return {
    openTab: (address) =>
      inTab(first, async () => {
        await driver.switchTo().newWindow('window') // a tab beside another would be hidden
        await runIn(driver, `location.replace(${JSON.stringify(address)})`)
        await driver.wait(() => runIn(driver, `return location.href !== 'about:blank' && document.readyState === 'complete'`))
        return tabOf(driver, await driver.getWindowHandle(), inTab)
      }),
    setOffline: cannot,
    kill: end,
    async close() {
      await driver.quit()
      await end()
    },
  }
}

const cannot = async (): Promise<never> => {
  throw new Error('WebDriver has no command for it')
}

type InTab = <T>(handle: string, work: () => Promise<T>) => Promise<T>

/** A session looks at one tab at a time: whoever uses it turns to a tab first, and waits for whoever does so already. */
function takeTurns(driver: WebDriver): InTab {
  let last: Promise<unknown> = Promise.resolve()
  return (handle, work) => {
    const turn = last.then(async () => {
      await driver.switchTo().window(handle)
      return work()
    })
    last = turn.catch(() => {})
    return turn
  }
}

const tabOf = (driver: WebDriver, handle: string, inTab: InTab): Tab => ({
  run: (body) => inTab(handle, () => runIn(driver, body)),
  setQuota: cannot,
  close: () => inTab(handle, () => driver.close()),
  findProcess: cannot,
})

/** Runs a body in the page of now. One that leaves the page may not come to answer. */
const runIn = (driver: WebDriver, body: string): Promise<unknown> =>
  driver.executeScript(body).catch((cause) => {
    if (!(cause instanceof error.NoSuchFrameError)) throw cause
  })

async function connect(url: string, capabilities: Readonly<Record<string, unknown>>, service: ChildProcess): Promise<WebDriver> {
  for (let attempts = 100; ; attempts--) {
    const isReady = await fetch(`${url}/status`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return new Builder().usingServer(url).withCapabilities(new Capabilities(capabilities)).build()
    if (attempts === 0 || service.pid === undefined || service.exitCode !== null) {
      throw new Error(`${service.spawnfile} does not start`)
    }
    await wait(50)
  }
}
