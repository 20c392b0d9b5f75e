import { element } from './dom.ts'
import { type DayRange, type Period, presets } from './period.ts'

/** Lets a person choose what time span to look at. */
export interface PeriodChooser {
  readonly root: HTMLElement
  /** Shows a period that was chosen elsewhere (the address, the back button) and the days it came to. */
  show(period: Period, days: DayRange | undefined): void
}

/** The last 7, 30 or 90 days, or two days of one's own. */
export function createPeriodChooser(onChoose: (period: Period) => void): PeriodChooser {
  const radios = new Map(
    [...presets.map((days) => [String(days), `${days} days`] as const), ['custom', 'Custom'] as const].map(([value, label]) => [
      value,
      { radio: element('input', { type: 'radio', name: 'period', value, id: `period-${value}` }), label },
    ]),
  )
  const from = element('input', { type: 'date', id: 'period-from' })
  const to = element('input', { type: 'date', id: 'period-to' })
  const fault = element('p', { class: 'field-fault', role: 'alert' })
  const custom = element(
    'form',
    { class: 'custom-period', novalidate: true, hidden: true },
    element('label', { for: from.id }, 'From'),
    from,
    element('label', { for: to.id }, 'to'),
    to,
    element('button', { type: 'submit', class: 'button' }, 'Show'),
    fault,
  )

  for (const { radio } of radios.values()) {
    radio.addEventListener('change', () => {
      custom.hidden = radio.value !== 'custom'
      const days = presets.find((preset) => String(preset) === radio.value)
      if (days !== undefined) onChoose({ kind: 'last', days })
    })
  }
  custom.addEventListener('submit', (event) => {
    event.preventDefault()
    const problem = problemOf(from.value, to.value)
    fault.textContent = problem ?? ''
    if (problem === undefined) onChoose({ kind: 'between', from: from.value, to: to.value })
    else from.focus()
  })

  return {
    root: element(
      'div',
      { class: 'period' },
      element(
        'fieldset',
        { class: 'segments' },
        element('legend', { class: 'visually-hidden' }, 'Period'),
        ...[...radios.values()].flatMap(({ radio, label }) => [radio, element('label', { for: radio.id }, label)]),
      ),
      custom,
    ),
    show(period, days) {
      const chosen = radios.get(period.kind === 'last' ? String(period.days) : 'custom')
      if (chosen !== undefined) chosen.radio.checked = true
      custom.hidden = period.kind === 'last'
      fault.textContent = ''
      if (days === undefined) return
      from.value = days.from
      to.value = days.to
    },
  }
}

// What is wrong with two days that a person entered.
function problemOf(from: string, to: string): string | undefined {
  if (from === '' || to === '') return 'Enter both days.'
  if (from > to) return 'The first day must not be after the last.'
  return undefined
}
