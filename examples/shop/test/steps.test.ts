import { expect, test } from 'vitest'
import { faultsIn, type Step } from '../src/checkout/steps.ts'

const complete = {
  name: 'Mara Lindqvist',
  email: 'mara@example.com',
  method: 'standard',
  street: 'Karlsgasse 12',
  postcode: '04229',
  city: 'Leipzig',
}

test.each<{ step: Step; without: Record<string, string>; wrong: string[] }>([
  { step: 'contact', without: {}, wrong: [] },
  { step: 'contact', without: { name: ' ' }, wrong: ['name'] },
  { step: 'contact', without: { email: 'mara@example' }, wrong: ['email'] },
  { step: 'shipping', without: {}, wrong: [] },
  { step: 'shipping', without: { street: '', city: '', postcode: '' }, wrong: ['street', 'city', 'postcode'] },
  { step: 'shipping', without: { postcode: 'x' }, wrong: ['postcode'] },
  { step: 'shipping', without: { street: '', city: '', postcode: '', method: 'pickup' }, wrong: [] },
  { step: 'payment', without: {}, wrong: [] },
  { step: 'review', without: {}, wrong: [] },
])('$step with $without complains about $wrong', ({ step, without, wrong }) => {
  expect(Object.keys(faultsIn(step, { ...complete, ...without })).toSorted()).toEqual(wrong.toSorted())
})
