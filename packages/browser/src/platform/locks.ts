/**
 * Runs the work while no other tab of this origin does. The browser passes the lock on when a tab dies.
 *
 * Where there are no Web Locks (Safari before 15.4, pages without https, sandboxed frames) any tab may send: the collector takes
 * repeats out by id.
 * @see https://w3c.github.io/web-locks/
 */
export const exclusively = (name: string, work: () => Promise<void>): Promise<void> =>
  navigator.locks?.request(name, work).catch(work) ?? work()
