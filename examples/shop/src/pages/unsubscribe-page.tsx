import { useState } from 'preact/hooks'
import { CheckIcon } from '../parts/icons.tsx'
import { usePage } from '../parts/use-page.ts'
import { here } from '../router.ts'
import { emailUnsubscribed } from '../tracking.ts'

const reasons = [
  { id: 'too_many', name: 'Too many letters' },
  { id: 'not_interesting', name: 'Not for me any more' },
  { id: 'never_asked', name: 'I never asked for it' },
] as const

/** Leaving a list needs no consent and no account: it is what the visitor asked for, so it is told even when all else is refused. */
export function UnsubscribePage() {
  usePage('Unsubscribe', 'unsubscribe')
  const [isDone, setDone] = useState(false)
  const list = here.value.searchParams.get('list') ?? 'monthly-letter'
  if (isDone) {
    return (
      <header class="page-head">
        <h1>You are off the list</h1>
        <p class="lead done" role="status" data-testid="unsubscribed">
          <CheckIcon /> No more letters. The door stays open.
        </p>
      </header>
    )
  }
  return (
    <>
      <header class="page-head">
        <h1>No more letters?</h1>
        <p class="lead">One click is enough. If you tell us why, we will try to deserve it less.</p>
      </header>
      <form
        class="form-card is-narrow"
        onSubmit={(event) => {
          event.preventDefault()
          emailUnsubscribed(list, String(new FormData(event.currentTarget).get('reason') ?? 'unspecified'))
          setDone(true)
        }}
      >
        <fieldset class="options">
          <legend>Why, if you like</legend>
          {reasons.map(({ id, name }) => (
            <label key={id} class="option">
              <input type="radio" name="reason" value={id} data-testid={`reason-${id}`} />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
        <button type="submit" class="button" data-testid="unsubscribe-submit">
          Unsubscribe
        </button>
      </form>
    </>
  )
}
