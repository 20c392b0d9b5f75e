import { createClient } from './client.ts'
import { createOverview, type View } from './overview.ts'
import { createSignIn } from './sign-in.ts'

const timeoutMs = 30_000

const app = part('app')
const announcements = part('announcements')
const client = createClient({ pageUrl: document.baseURI, fetch: (...request) => fetch(...request), timeoutMs })
let current: View | undefined

const show = (view: View, title?: string) => {
  current?.close()
  current = view
  if (title !== undefined) document.title = `${title} · Footfall`
  app.replaceChildren(view.root)
}

const showSignIn = (notice?: string) => {
  const onSignedIn = () => start('The key is right, but the browser did not keep the session: allow cookies for this address.')
  show({ root: createSignIn({ client, notice, onSignedIn }), close: () => {} }, 'Sign in')
  app.querySelector<HTMLElement>('#secret-key')?.focus()
}

/** Asking for the figures is also how the page finds out whether the person is signed in. */
const start = async (noticeIfRefused?: string): Promise<void> => {
  const first = await client.traffic()
  if (first.kind === 'refused') return showSignIn(noticeIfRefused)
  const isArriving = current !== undefined
  const announce = (sentence: string) => {
    announcements.textContent = sentence
  }
  show(createOverview({ client, first, announce, onSignedOut: showSignIn }))
  // Only after signing in: the field that had the focus is gone. On a fresh page the focus belongs at its beginning.
  if (isArriving) app.querySelector<HTMLElement>('h1')?.focus()
}

void start()

function part(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`index.html has no element with the id "${id}"`)
  return found
}
