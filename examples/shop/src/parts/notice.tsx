import { signal } from '@preact/signals'
import { CheckIcon, CloseIcon } from './icons.tsx'

interface Notice {
  readonly text: string
  readonly action?: { readonly name: string; readonly href: string } | { readonly name: string; readonly run: () => void }
}

const current = signal<Notice | undefined>(undefined)
/** Long enough to read a sentence and reach for its button. */
const shownMs = 6000
let timer: ReturnType<typeof setTimeout> | undefined

/** Says what just happened, to eyes and screen readers, without taking the focus. */
export function announce(notice: Notice): void {
  current.value = notice
  clearTimeout(timer)
  timer = setTimeout(dismiss, shownMs)
}

/** What was announced is old once the visitor goes somewhere else. */
export const dismiss = (): void => {
  current.value = undefined
}

export function NoticeArea() {
  const notice = current.value
  return (
    // Always there: a live region that appears together with its text is not read out.
    <div class="notices" role="status">
      {notice && (
        <div class="notice" data-testid="notice">
          <CheckIcon />
          <p>{notice.text}</p>
          {notice.action && 'href' in notice.action && (
            <a href={notice.action.href} onClick={dismiss}>
              {notice.action.name}
            </a>
          )}
          {notice.action && 'run' in notice.action && (
            <button
              type="button"
              class="link"
              onClick={() => {
                const { action } = notice
                dismiss()
                if (action && 'run' in action) action.run()
              }}
            >
              {notice.action.name}
            </button>
          )}
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={dismiss}>
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  )
}
