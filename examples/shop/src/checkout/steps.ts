/** The way to an order. Their places, from 1, are what events count. */
export const steps = ['contact', 'shipping', 'payment', 'review'] as const
export type Step = (typeof steps)[number]

export const stepNames: Readonly<Record<Step, string>> = {
  contact: 'Contact',
  shipping: 'Delivery',
  payment: 'Payment',
  review: 'Review',
}

export const paymentMethods = [
  { id: 'card', name: 'Card', promise: 'Charged when we ship' },
  { id: 'invoice', name: 'Invoice', promise: 'Pay within 14 days' },
  { id: 'transfer', name: 'Bank transfer', promise: 'We send as soon as it arrives' },
] as const

export const countries = [
  'Germany',
  'Austria',
  'Belgium',
  'Denmark',
  'France',
  'Italy',
  'Netherlands',
  'Poland',
  'Spain',
  'Sweden',
]

/** What the visitor has filled in so far, by field name. */
export type Answers = Readonly<Record<string, string>>

/** What is wrong with the answers of a step, by field name; empty when nothing is. */
export function faultsIn(step: Step, answers: Answers): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {}
  const need = (field: string, message: string) => {
    if ((answers[field] ?? '').trim() === '') faults[field] = message
  }
  if (step === 'contact') {
    need('name', 'Tell us your name, so the parcel finds you.')
    if (!/^\S+@\S+\.\S+$/.test((answers.email ?? '').trim())) faults.email = 'Give an e-mail address such as mara@example.com.'
  }
  if (step === 'shipping' && answers.method !== 'pickup') {
    need('street', 'Give street and number.')
    need('city', 'Give the town.')
    if (!/^[\dA-Za-z][\dA-Za-z -]{2,9}$/.test((answers.postcode ?? '').trim())) faults.postcode = 'Give a postcode such as 04229.'
  }
  return faults
}
