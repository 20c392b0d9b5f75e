import { computed } from '@preact/signals'
import * as v from 'valibot'
import { newId } from '../new-id.ts'
import { stored } from '../stored.ts'
import { customerKnown, loggedIn, loggedOut, signedUp } from '../tracking.ts'

const Customer = v.object({ id: v.string(), name: v.string(), email: v.string() })
export type Customer = v.InferOutput<typeof Customer>

/** Somebody to log in as without signing up first. */
export const demoCustomer: Customer = { id: 'cust_1042', name: 'Mara Lindqvist', email: 'mara@example.com' }

const signedIn = stored<Customer | null>('customer', v.nullable(Customer), null)
// The accounts of this device. A shop with a server keeps them there, with passwords; this one has neither.
const known = stored<Customer[]>('accounts', v.array(Customer), [])

/** Who is logged in; null is nobody. */
export const customer = signedIn.value
export const firstName = computed(() => customer.value?.name.split(' ')[0])

/** Answers whether there is such an account. The demo shop takes any password and keeps none. */
export function logIn(email: string): boolean {
  const found = findAccount(email)
  if (found === undefined) return false
  signedIn.keep(found)
  loggedIn(found.id)
  return true
}

/** Answers whether the account is new; one e-mail address has one account. */
export function signUp(name: string, email: string, wantsLetters: boolean): boolean {
  if (findAccount(email) !== undefined) return false
  const created: Customer = { id: newId('cust'), name: name.trim(), email: email.trim() }
  known.keep([...known.value.value, created])
  signedIn.keep(created)
  signedUp(created.id, wantsLetters)
  return true
}

export function logOut(): void {
  signedIn.keep(null)
  loggedOut()
}

/** Tells the tracker who is here, when the visitor was logged in already as the page opened. */
export function recogniseCustomer(): void {
  if (customer.value !== null) customerKnown(customer.value.id)
}

const findAccount = (email: string): Customer | undefined => {
  const wanted = email.trim().toLowerCase()
  return [demoCustomer, ...known.value.value].find((account) => account.email.toLowerCase() === wanted)
}
