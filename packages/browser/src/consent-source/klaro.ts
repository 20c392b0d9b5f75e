import type { ConsentSource } from './source.ts'

interface Manager {
  readonly confirmed: boolean
  /** What was saved; `consents` follows the switches while they are moved. */
  readonly savedConsents: Readonly<Record<string, unknown>>
  readonly config: { readonly services: readonly { readonly name: string; readonly purposes?: readonly string[] }[] }
  watch(watcher: { update(manager: Manager, name: string): void }): void
}
declare global {
  interface Window {
    /** `getManager` throws without a configuration. */
    readonly klaro: { getManager(): Manager }
  }
}

/** Klaro 0.7. Categories are the names of its purposes; all services with one must be agreed to. */
export const klaro: ConsentSource = {
  name: 'klaro',
  purposes: { analytics: 'analytics', personalization: 'personalization', marketing: 'marketing' },
  detect: () => 'klaro' in window,
  read() {
    const { config, confirmed, savedConsents } = window.klaro.getManager()
    return {
      explicit: confirmed === true,
      state(purpose) {
        const services = config.services.filter(({ purposes }) => purposes?.includes(purpose))
        return services[0] && services.every(({ name }) => savedConsents[name] === true)
      },
    }
  },
  subscribe(callback) {
    window.klaro.getManager().watch({ update: (_, name) => /^(save|apply)/.test(name) && callback() })
  },
}
