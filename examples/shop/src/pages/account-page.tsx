import type { TargetedSubmitEvent } from 'preact'
import { useState } from 'preact/hooks'
import { customer, demoCustomer, firstName, logIn, logOut, signUp } from '../account/account.ts'
import { orders } from '../orders/orders.ts'
import { Field } from '../parts/field.tsx'
import { announce } from '../parts/notice.tsx'
import { OrderCard } from '../parts/order-card.tsx'
import { usePage } from '../parts/use-page.ts'

export function AccountPage() {
  usePage('Account', 'account')
  const known = customer.value
  return (
    <>
      <header class="page-head">
        <h1>{known === null ? 'Your account' : `Good to see you, ${firstName.value}`}</h1>
        {known !== null && (
          <p class="lead">
            {known.email}{' '}
            <button
              type="button"
              class="link"
              data-testid="logout"
              onClick={() => {
                logOut()
                announce({ text: 'You are logged out.' })
              }}
            >
              Log out
            </button>
          </p>
        )}
      </header>
      {known === null && (
        <div class="two-up is-forms">
          <LogIn />
          <SignUp />
        </div>
      )}
      <section aria-labelledby="orders-title">
        <h2 id="orders-title">Orders from this device</h2>
        {orders.value.length === 0 ? (
          <p class="quiet">None yet.</p>
        ) : (
          <ul class="orders">
            {orders.value.map((order) => (
              <li key={order.id}>
                <OrderCard order={order} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  )
}

function LogIn() {
  const [fault, setFault] = useState<string>()
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const email = String(new FormData(event.currentTarget).get('email') ?? '')
    if (logIn(email)) announce({ text: `Welcome back, ${firstName.value}.` })
    else setFault(`No account with this address on this device. Try ${demoCustomer.email}, or sign up.`)
  }
  return (
    <form class="form-card" noValidate onSubmit={submit} aria-labelledby="login-title">
      <h2 id="login-title">Log in</h2>
      <Field
        name="email"
        type="email"
        label="E-mail"
        autocomplete="username"
        hint={`To try it: ${demoCustomer.email}, any password.`}
        fault={fault}
        testId="login-email"
      />
      <Field name="password" type="password" label="Password" autocomplete="current-password" testId="login-password" />
      <button type="submit" class="button" data-testid="login-submit">
        Log in
      </button>
    </form>
  )
}

function SignUp() {
  const [faults, setFaults] = useState<{ name?: string; email?: string }>({})
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const name = String(form.get('name') ?? '').trim()
    const email = String(form.get('email') ?? '').trim()
    const found = {
      ...(name === '' && { name: 'Tell us your name.' }),
      ...(!/^\S+@\S+\.\S+$/.test(email) && { email: 'Give an e-mail address such as mara@example.com.' }),
    }
    setFaults(found)
    if (Object.keys(found).length > 0) return
    if (signUp(name, email, form.has('letters'))) announce({ text: `Welcome, ${firstName.value}.` })
    else setFaults({ email: 'There is an account with this address already: log in instead.' })
  }
  return (
    <form class="form-card" noValidate onSubmit={submit} aria-labelledby="signup-title">
      <h2 id="signup-title">Sign up</h2>
      <Field name="name" label="Name" autocomplete="name" fault={faults.name} testId="signup-name" />
      <Field name="email" type="email" label="E-mail" autocomplete="email" fault={faults.email} testId="signup-email" />
      <Field
        name="password"
        type="password"
        label="Password"
        autocomplete="new-password"
        hint="Not kept: this shop has no server to keep it on."
        testId="signup-password"
      />
      <label class="tick">
        <input type="checkbox" name="letters" data-testid="signup-letters" />
        <span>Send me the monthly letter</span>
      </label>
      <button type="submit" class="button" data-testid="signup-submit">
        Sign up
      </button>
    </form>
  )
}
