/** How the service and the container of the self-host example start Node: its flags, and what is set for the heap of C. */
export const asServed = {
  execArgv: ['--max-semi-space-size=4'],
  env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '32768' },
} as const
