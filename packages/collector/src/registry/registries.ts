import type { Store } from '../sinks/sink.ts'
import { type ChangeFate, changed, maxSources, type Registry, type RegistryChange } from './registry.ts'
import { createUnregistered, maxUnregistered } from './unregistered.ts'

/** The registries in force, held in memory since each event is read by them. */
export interface Registries {
  /** Reads it from the store the first time. Rejects when that fails; the next call tries again. */
  of(project: string): Promise<Registry>
  /** Changes it in the store and then here: a request that begins after this has resolved is read by the new one. */
  change(project: string, change: RegistryChange): Promise<ChangeFate>
}

/** Only one collector writes to a store, so that nobody else changes what is held here. */
export function createRegistries(store: Pick<Store, 'ready' | 'registry' | 'register' | 'heardSources'>): Registries {
  const known = new Map<string, Promise<Registry>>()

  function of(project: string): Promise<Registry> {
    const held = known.get(project)
    if (held !== undefined) return held
    const asked = store.ready.then(() => read(project))
    known.set(project, asked)
    asked.catch(() => forget(project, asked))
    return asked
  }

  async function read(project: string): Promise<Registry> {
    const registry = await store.registry(project)
    // Their days are of no interest here.
    const heard = await store.heardSources({ project, from: '9999-12-31', limit: maxSources + maxUnregistered })
    return { ...registry, unregistered: createUnregistered(heard, registry) }
  }

  function forget(project: string, asked: Promise<Registry>): void {
    if (known.get(project) === asked) known.delete(project)
  }

  return {
    of,
    async change(project, change) {
      // Read before, so that what is read is what the store had before the change.
      await of(project)
      let fate: ChangeFate
      try {
        fate = await store.register(project, change)
      } catch (cause) {
        // It may have been changed all the same.
        known.delete(project)
        throw cause
      }
      if (fate === 'done') {
        // Answers come in the order in which the store changed.
        const before = known.get(project)
        if (before !== undefined)
          known.set(
            project,
            before.then((registry) => changed(registry, change).registry),
          )
      }
      return fate
    },
  }
}
