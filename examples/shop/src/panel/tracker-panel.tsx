import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { ChevronIcon } from '../parts/icons.tsx'
import { consent, offlineSwitch, stats, type Told, toldEvents, trackerFault } from '../tracking.ts'

/** Looks over the tracker's shoulder. A shop has no such thing; this one exists to show it. */
export function TrackerPanel() {
  const [isOpen, setOpen] = useState(false)
  const { held, queued, delivered } = stats.value
  return (
    <aside class={isOpen ? 'panel is-open' : 'panel'} aria-label="What the tracker does" data-testid="tracker-panel">
      {isOpen && <Details />}
      <div class="panel-bar">
        <dl class="panel-counts">
          <Stat name="Held" testId="stat-held" value={held} />
          <Stat name="Queued" testId="stat-queued" value={queued} />
          <Stat name="Delivered" testId="stat-delivered" value={delivered} />
        </dl>
        <label class="panel-switch">
          <input
            type="checkbox"
            class="switch"
            checked={offlineSwitch.isOffline.value}
            data-testid="offline-switch"
            onChange={() => offlineSwitch.flip()}
          />
          <span>
            Offline<small>demo switch</small>
          </span>
        </label>
        <button
          type="button"
          class="icon-button panel-toggle"
          aria-expanded={isOpen}
          aria-label="What the tracker does"
          data-testid="panel-toggle"
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronIcon />
        </button>
      </div>
    </aside>
  )
}

function Stat({ name, testId, value }: { name: string; testId: string; value: number }) {
  return (
    <div class={value > 0 ? 'stat is-some' : 'stat'}>
      <dt>{name}</dt>
      <dd data-testid={testId}>{value}</dd>
    </div>
  )
}

function Details() {
  const { dropped, storage } = stats.value
  const losses = Object.entries(dropped)
  return (
    <div class="panel-details">
      <h2>What the tracker does</h2>
      <dl class="panel-facts">
        <Fact name="Consent" testId="panel-consent">
          {(['analytics', 'personalization', 'marketing'] as const).map((purpose) => (
            <span key={purpose} class={`chip is-${consent.value[purpose]}`} data-testid={`panel-${purpose}`}>
              {purpose}: {consent.value[purpose]}
            </span>
          ))}
        </Fact>
        <Fact name="Queue" testId="stat-storage">
          {storage === 'indexeddb' ? 'on this device, in IndexedDB' : 'in memory only'}
        </Fact>
        <Fact name="Given up" testId="stat-dropped">
          {losses.length === 0 ? 'nothing' : losses.map(([reason, count]) => `${count} ${reason}`).join(', ')}
        </Fact>
        {trackerFault.value && (
          <Fact name="Trouble" testId="panel-fault">
            {trackerFault.value}
          </Fact>
        )}
      </dl>
      <h3>What the page told it, latest first</h3>
      <ol class="told" data-testid="told-events">
        {toldEvents.value.map((event) => (
          <TellTale key={event.number} event={event} />
        ))}
      </ol>
    </div>
  )
}

function Fact({ name, testId, children }: { name: string; testId: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testId}>{children}</dd>
    </div>
  )
}

const fates: Readonly<Record<Told['fate'], string>> = {
  held: 'held until you decide',
  passed: 'passed to the queue',
  forgotten: 'forgotten: not allowed',
}

function TellTale({ event }: { event: Told }) {
  return (
    <li class={`is-${event.fate}`} data-event={event.name} data-fate={event.fate}>
      <details>
        <summary>
          <code>{event.name}</code>
          <time dateTime={event.at.toISOString()}>{event.at.toLocaleTimeString('en-GB')}</time>
          <small>{fates[event.fate]}</small>
        </summary>
        <pre>{JSON.stringify(event.properties, null, 2)}</pre>
      </details>
    </li>
  )
}
