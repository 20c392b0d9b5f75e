export { chromium } from './chromium.ts'
export type { Ability, Engine, RunningBrowser, Tab } from './engine.ts'
export { firefox } from './firefox.ts'
export { webkit } from './webkit.ts'
