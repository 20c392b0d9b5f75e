import type { Client } from './client.ts'
import { element, prose } from './dom.ts'
import { icon } from './icons.ts'

export interface SignInOptions {
  readonly client: Client
  /** Why the person sees this page, when they were somewhere else before. */
  readonly notice: string | undefined
  readonly onSignedIn: () => Promise<void>
}

/** The one question before the figures: the secret key. */
export function createSignIn({ client, notice, onSignedIn }: SignInOptions): HTMLElement {
  const key = element('input', {
    id: 'secret-key',
    type: 'password',
    name: 'password',
    autocomplete: 'current-password',
    autocapitalize: 'off',
    spellcheck: 'false',
    'aria-describedby': 'key-fault key-hint',
  })
  const fault = element('p', { id: 'key-fault', class: 'field-fault', role: 'alert' })
  const submit = element('button', { type: 'submit', class: 'button primary' }, 'Sign in')
  const form = element(
    'form',
    { novalidate: true },
    // Password managers file a password under a name; without one some of them do not offer to keep it.
    element('input', {
      type: 'text',
      name: 'username',
      autocomplete: 'username',
      value: 'footfall',
      readonly: true,
      hidden: true,
    }),
    element('label', { for: key.id }, 'Secret key'),
    key,
    fault,
    submit,
    whereTheKeyIs(),
  )

  const showFault = (sentence: string) => {
    fault.replaceChildren(icon('warning'), sentence)
    key.setAttribute('aria-invalid', 'true')
    key.focus()
    key.select()
  }
  const clearFault = () => {
    fault.replaceChildren()
    key.removeAttribute('aria-invalid')
  }
  const isBusy = (busy: boolean) => {
    submit.disabled = busy
    submit.textContent = busy ? 'Signing in …' : 'Sign in'
  }

  const signIn = async () => {
    const secretKey = key.value.trim()
    if (secretKey === '') return showFault('Enter the secret key.')
    clearFault()
    isBusy(true)
    const outcome = await client.signIn(secretKey)
    if (outcome.kind === 'ok') await onSignedIn()
    isBusy(false)
    if (outcome.kind === 'refused')
      showFault('This is not the secret key of this collector. The write key (for sending) does not open the reports.')
    if (outcome.kind === 'failed') showFault(outcome.sentence)
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void signIn()
  })
  key.addEventListener('input', clearFault)

  return element(
    'main',
    { id: 'content', class: 'sign-in', tabindex: -1 },
    element('div', { class: 'brand' }, icon('door'), 'Footfall'),
    element('h1', {}, 'Sign in to the reports'),
    notice === undefined ? undefined : element('p', { class: 'notice', role: 'status' }, notice),
    form,
  )
}

const places = [
  'it was printed when the collector started for the first time;',
  'it is kept in `keys.json` in the collector’s data folder;',
  'or it is what the setting `FOOTFALL_SECRET_KEY` says.',
]

const whereTheKeyIs = (): HTMLElement =>
  element(
    'div',
    { id: 'key-hint', class: 'hint' },
    element('p', {}, 'Where to find it:'),
    element('ul', {}, ...places.map((place) => element('li', {}, ...prose(place)))),
  )
