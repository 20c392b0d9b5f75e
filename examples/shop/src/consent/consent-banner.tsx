import { signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { CloseIcon } from '../parts/icons.tsx'
import { consent, decide } from '../tracking.ts'

const purposes = [
  {
    id: 'analytics',
    name: 'Statistics',
    use: 'Which shelves are visited and which stay dusty. We see visits, not faces.',
  },
  {
    id: 'personalization',
    name: 'Remembering',
    use: 'What you looked at last, and which of two versions of a page you saw, kept on this device.',
  },
  {
    id: 'marketing',
    name: 'Advertising',
    use: 'Whether an advertisement or a letter brought you here, and whether you came to our store.',
  },
] as const

type Choice = Record<(typeof purposes)[number]['id'], boolean>

/** Asked anew from the footer; `dismissed` is a visitor who will not decide now, which is no decision. */
const state = signal<'asking' | 'reopened' | 'dismissed'>('asking')
let reopener: HTMLElement | undefined

/** Opens the choices again, to look at or to take back. */
export function reopenConsent(): void {
  reopener = document.activeElement instanceof HTMLElement ? document.activeElement : undefined
  state.value = 'reopened'
}

const isUndecided = (): boolean => purposes.some(({ id }) => consent.value[id] === 'unknown')
const isOpen = (): boolean => state.value === 'reopened' || (state.value === 'asking' && isUndecided())

/**
 * Asks for consent, with refusing as near as accepting. It is not modal: the shop can be used without an answer, and until there
 * is one the tracker keeps to itself.
 */
export function ConsentBanner() {
  return isOpen() ? <Banner key={state.value} /> : null
}

function Banner() {
  const isReopened = state.value === 'reopened'
  const [isChoosing, setChoosing] = useState(isReopened)
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useRef<HTMLHeadingElement>(null)

  // Who asked for it finds the focus in it. Who just came in is not interrupted: it is the first stop of the Tab key.
  useEffect(() => {
    if (isReopened) title.current?.focus()
  }, [])
  useRoomBelow(dialog)

  const close = () => {
    const hadFocus = dialog.current?.contains(document.activeElement)
    state.value = 'dismissed'
    // A keyboard that was in here would otherwise start again at the top of the page.
    if (hadFocus) (reopener ?? document.getElementById('main'))?.focus({ preventScroll: true })
    reopener = undefined
  }
  const answer = (choice: Choice) => {
    decide(Object.fromEntries(purposes.map(({ id }) => [id, choice[id] ? 'granted' : 'denied'])))
    close()
  }
  const all = (isGranted: boolean): Choice => ({ analytics: isGranted, personalization: isGranted, marketing: isGranted })

  return (
    <dialog
      open
      class="consent"
      ref={dialog}
      aria-labelledby="consent-title"
      aria-describedby="consent-text"
      data-testid="consent-banner"
      onKeyDown={(event) => {
        if (event.key === 'Escape') close()
      }}
    >
      <div class="consent-head">
        <h2 id="consent-title" ref={title} tabIndex={-1}>
          May we take notes?
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label={isReopened ? 'Close without changing anything' : 'Decide later'}
          data-testid="consent-close"
          onClick={close}
        >
          <CloseIcon />
        </button>
      </div>
      <p id="consent-text">
        We would like to know how our shop is used. The notes stay on our own server. Until you agree, nothing is stored and
        nothing is sent; “Privacy choices”, at the bottom of every page, takes another answer at any time.
      </p>
      {isChoosing && <Choices onSave={answer} />}
      <div class="consent-buttons">
        <button type="button" class="button" data-testid="consent-refuse" onClick={() => answer(all(false))}>
          Refuse all
        </button>
        <button type="button" class="button" data-testid="consent-accept" onClick={() => answer(all(true))}>
          Accept all
        </button>
        {!isChoosing && (
          <button type="button" class="button is-quiet" data-testid="consent-choose" onClick={() => setChoosing(true)}>
            Choose
          </button>
        )}
      </div>
    </dialog>
  )
}

function Choices({ onSave }: { onSave: (choice: Choice) => void }) {
  const form = useRef<HTMLFormElement>(null)
  // The button that opened this is gone, so the focus goes on to what it opened.
  useEffect(() => {
    if (state.value !== 'reopened') form.current?.querySelector('input')?.focus()
  }, [])
  return (
    <form
      class="consent-choices"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        const ticked = new FormData(event.currentTarget)
        onSave({
          analytics: ticked.has('analytics'),
          personalization: ticked.has('personalization'),
          marketing: ticked.has('marketing'),
        })
      }}
    >
      <fieldset>
        <legend class="sr-only">What we may take notes for</legend>
        {purposes.map(({ id, name, use }) => (
          <label key={id} class="consent-purpose">
            <input
              type="checkbox"
              class="switch"
              name={id}
              defaultChecked={consent.peek()[id] === 'granted'}
              aria-describedby={`consent-${id}-use`}
              data-testid={`consent-${id}`}
            />
            <span>
              <strong>{name}</strong>
              <span class="quiet" id={`consent-${id}-use`}>
                {use}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <button type="submit" class="button" data-testid="consent-save">
        Save my choice
      </button>
    </form>
  )
}

/** Lets the page scroll as much further as the banner covers, so that nothing stays hidden under it. */
function useRoomBelow(dialog: { current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const root = document.documentElement
    const observer = new ResizeObserver(() => {
      root.style.setProperty('--consent-height', `${dialog.current?.offsetHeight ?? 0}px`)
    })
    if (dialog.current !== null) observer.observe(dialog.current)
    return () => {
      observer.disconnect()
      root.style.removeProperty('--consent-height')
    }
  }, [])
}
