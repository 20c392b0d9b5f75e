import { findExecutable } from '../browsers.ts'
import type { Engine } from './engine.ts'
import { launchWithPuppeteer } from './puppeteer.ts'

const executablePath = process.env.FOOTFALL_FIREFOX ?? findExecutable(['/usr/bin/firefox-esr', '/usr/bin/firefox'])

/** The machine's Firefox, or the one that `FOOTFALL_FIREFOX` names. */
export const firefox: Engine = {
  name: 'Firefox',
  missing: executablePath === undefined ? 'no firefox-esr and no firefox in /usr/bin (Debian: firefox-esr)' : undefined,
  cannot: {
    farewell: 'a busy Firefox ends a tab, now and then, before the request of its last moment is on its way',
    prerendering: 'Firefox does not prerender',
    quota: 'the room of a site follows from the disk; WebDriver BiDi has no command for it',
  },
  launch: (profile) =>
    launchWithPuppeteer(
      {
        browser: 'firefox',
        executablePath: executablePath ?? '', // present, or `missing` says so
        userDataDir: profile,
        extraPrefsFirefox: { 'dom.disable_open_during_load': false },
      },
      /-contentproc.*tab/s,
    ),
}
