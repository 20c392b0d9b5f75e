import { afterEach, beforeEach, expect, vi } from 'vitest'

// What a test prints, a shop's visitor or operator would see: output that nobody asked for is a defect.
const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
let spies: { readonly mock: { readonly calls: readonly unknown[][] }; mockRestore(): void }[] = []

beforeEach(() => {
  spies = methods.map((method) => vi.spyOn(console, method).mockImplementation(() => {}))
})

afterEach(() => {
  const printed = spies.flatMap((spy) => spy.mock.calls)
  for (const spy of spies) spy.mockRestore()
  expect(printed, 'a test printed to the console').toEqual([])
})
