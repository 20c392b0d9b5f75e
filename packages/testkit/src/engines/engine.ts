/** A real browser engine, driven from outside. */
export interface Engine {
  readonly name: string
  /** Why it cannot be had on this machine; `undefined` where it can. */
  readonly missing: string | undefined
  /** What it cannot be made to do, and why. */
  readonly cannot: Readonly<Partial<Record<Ability, string>>>
  /** @param profile folder in which the visitor's device is kept; a browser launched there later finds it again */
  launch(profile: string): Promise<RunningBrowser>
}

/**
 * What not every engine can be made to do.
 * - `profile`: keep the device when the browser has ended
 * - `crash`: outlive the death of a page's process
 * - `farewell`: tell every page that it is closed, and wait for what it then does
 * - `popups`: let a page open another without a click
 * - `offline`: lose and regain the network
 * - `prerendering`: make a page ready before the visitor asks for it
 * - `quota`: give a site less room
 */
export type Ability = 'profile' | 'crash' | 'farewell' | 'popups' | 'offline' | 'prerendering' | 'quota'

/** A browser with one visitor. */
export interface RunningBrowser {
  /** Opens a tab of one entry, so that its page may close it. Resolves when the page has loaded. */
  openTab(address: string): Promise<Tab>
  /** Takes the network away from the open tabs, or gives it back. */
  setOffline(isOffline: boolean): Promise<void>
  /** Kills all its processes at once. The operating system lives, and so does what was handed to it. */
  kill(): Promise<void>
  close(): Promise<void>
}

export interface Tab {
  /** Runs the body of a function in the page, and answers what it returns, as JSON; nothing if the page is left meanwhile. */
  run(body: string): Promise<unknown>
  /** How many bytes the page's site may keep on the device. */
  setQuota(bytes: number): Promise<void>
  /** As a visitor closes it. */
  close(): Promise<void>
  /** Looks for the process that runs the page; answers a function that kills it. */
  findProcess(): Promise<() => Promise<void>>
}
