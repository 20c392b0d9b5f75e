import { findChromium, userAgentArg } from '../browsers.ts'
import type { Engine } from './engine.ts'
import { launchWithPuppeteer } from './puppeteer.ts'

/** The machine's Chromium, or the one that npm carries: never missing. */
export const chromium: Engine = {
  name: 'Chromium',
  missing: undefined,
  cannot: {
    farewell: 'Chromium closes a tab that is alone in its process, now and then, without a word to the page',
  },
  async launch(profile) {
    const { executablePath, args, env } = await findChromium()
    return launchWithPuppeteer(
      { browser: 'chrome', executablePath, args: [...args, userAgentArg], env, userDataDir: profile },
      /--type=renderer/,
    )
  },
}
