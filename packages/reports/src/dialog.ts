import { element } from './dom.ts'

/**
 * Opens a question over the page. The browser keeps the focus inside, closes on Escape and gives the focus back.
 *
 * @returns the value of the button that was pressed; '' where the question was left alone
 */
export function openDialog(heading: string, ...content: readonly Node[]): Promise<string> {
  const form = element('form', { method: 'dialog' }, element('h2', { id: 'dialog-heading' }, heading), ...content)
  const dialog = element('dialog', { class: 'panel', 'aria-labelledby': 'dialog-heading' }, form)
  // Within the page's main part: where that gives way to the sign-in, the question goes with it.
  document.querySelector('main')?.append(dialog)
  const { promise, resolve } = Promise.withResolvers<string>()
  dialog.addEventListener('close', () => {
    dialog.remove()
    resolve(dialog.returnValue)
  })
  dialog.showModal()
  return promise
}

/** The buttons that end a question. The first may be what Enter presses; the way out needs no valid answers. */
export const dialogButtons = (...words: readonly (readonly [value: string, word: string, className?: string])[]): HTMLElement =>
  element(
    'div',
    { class: 'buttons' },
    ...words.map(([value, word, className = '']) =>
      element('button', { class: `button ${className}`, value, formnovalidate: value === '' }, word),
    ),
  )

/** Asks before something that cannot be taken back. */
export const confirmed = async (heading: string, sentence: string, word: string): Promise<boolean> =>
  // The harmless answer comes first: it has the focus.
  (await openDialog(heading, element('p', {}, sentence), dialogButtons(['', 'Keep'], ['yes', word, 'danger']))) === 'yes'
