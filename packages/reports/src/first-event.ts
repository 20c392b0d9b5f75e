import type { LiveEvent } from '@footfall/collector/reports'
import type { Client } from './client.ts'
import { element, prose } from './dom.ts'
import { icon } from './icons.ts'
import { unnamed } from './live-row.ts'
import { type Snippet, snippets, writeKeyPlaceholder } from './snippets.ts'
import { faceOf } from './verdicts.ts'

/** What stands in the place of the figures until there are some. */
export interface FirstEvent {
  readonly root: HTMLElement
  /** An event came but was not accepted: the most useful thing to say to someone who is trying. */
  showRefused(event: LiveEvent): void
}

export interface FirstEventOptions {
  readonly client: Pick<Client, 'eventsUrl' | 'scriptUrl'>
  readonly makeId: () => string
  readonly announce: (sentence: string) => void
}

/** How to send the first event, in a form that can be copied. */
export function createFirstEvent({ client, makeId, announce }: FirstEventOptions): FirstEvent {
  const ways = snippets({ scriptUrl: client.scriptUrl, eventsUrl: client.eventsUrl, id: makeId() })
  const refused = element('p', { class: 'notice is-warning', role: 'alert', hidden: true })
  return {
    root: element(
      'section',
      { class: 'panel first-event', 'aria-labelledby': 'first-event-heading' },
      element('h2', { id: 'first-event-heading' }, 'Waiting for the first event'),
      element('p', { class: 'lead' }, 'Nothing has been counted yet. Send one event, either way; this page notices by itself.'),
      refused,
      element('div', { class: 'ways' }, ...ways.map((way) => createWay(way, announce))),
      element(
        'p',
        { class: 'footnote' },
        ...prose(
          `Put your write key in the place of \`${writeKeyPlaceholder}\`. It was printed when the collector started, is kept in \`keys.json\` in its data folder, or is what \`FOOTFALL_WRITE_KEY\` says. Everyone may see it: it can only send.`,
        ),
      ),
    ),
    showRefused({ name, status, code, detail }) {
      const why = [code, detail].filter((part) => part !== null).join(': ')
      const sentence = `${name ?? unnamed} arrived but was ${faceOf(status).word.toLowerCase()}${why === '' ? '' : ` (${why})`}.`
      refused.replaceChildren(icon('warning'), element('span', {}, sentence))
      refused.hidden = false
    },
  }
}

function createWay({ title, lead, text, note }: Snippet, announce: (sentence: string) => void): HTMLElement {
  const shown = element('code', {}, text)
  const word = element('span', {}, 'Copy')
  const copy = element('button', { type: 'button', class: 'button' }, icon('copies'), word)
  copy.addEventListener('click', async () => {
    word.textContent = (await copyText(text, shown)) ? 'Copied' : 'Selected: now copy'
    announce(`${title}: ${word.textContent}.`)
  })
  return element(
    'div',
    { class: 'way', role: 'group', 'aria-label': title },
    element('div', { class: 'way-head' }, element('h3', {}, title), copy),
    element('p', {}, lead),
    element('pre', { tabindex: 0, role: 'region', 'aria-label': `${title}: what to copy` }, shown),
    element('p', { class: 'footnote' }, ...prose(note)),
  )
}

// The clipboard exists only on https and on the machine itself; a collector tried out over plain http in an office has none.
async function copyText(text: string, shown: Node): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    getSelection()?.selectAllChildren(shown)
    return false
  }
}
