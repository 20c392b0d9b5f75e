import type { ComponentChildren, TargetedSubmitEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { cartItems, coupon } from '../cart/cart.ts'
import { shippingFor, shippingMethods } from '../cart/totals.ts'
import {
  answer,
  checkout,
  checkoutTotals,
  completeStep,
  goToStep,
  paymentMethod,
  placeOrder,
  shippingMethod,
  startCheckout,
} from '../checkout/checkout.ts'
import { countries, faultsIn, paymentMethods, type Step, stepNames, steps } from '../checkout/steps.ts'
import { formatCents } from '../money.ts'
import { Field } from '../parts/field.tsx'
import { ArrowIcon, CheckIcon } from '../parts/icons.tsx'
import { TotalsTable } from '../parts/totals-table.tsx'
import { usePage } from '../parts/use-page.ts'
import { go } from '../router.ts'
import { paths } from '../routes.ts'

export function CheckoutPage() {
  usePage('Checkout', 'checkout')
  useLayoutEffect(() => {
    if (cartItems.value.length > 0) startCheckout()
  }, [])

  if (cartItems.value.length === 0) {
    return (
      <header class="page-head">
        <h1>Nothing to pay for</h1>
        <p class="lead">
          Your cart is empty. <a href={paths.home}>Back to the shelves</a>
        </p>
      </header>
    )
  }
  if (checkout.value === undefined) return null
  const { step, reached } = checkout.value
  return (
    <>
      <header class="page-head">
        <h1>Checkout</h1>
        <Progress step={step} reached={reached} />
      </header>
      <div class="split">
        <StepForm key={step} step={step} />
        <Basket />
      </div>
    </>
  )
}

function Progress({ step, reached }: { step: Step; reached: Step }) {
  return (
    <ol class="progress">
      {steps.map((each, index) => {
        const isDone = index < steps.indexOf(step)
        return (
          <li key={each} class={isDone ? 'is-done' : undefined} aria-current={each === step ? 'step' : undefined}>
            <button
              type="button"
              class="link"
              disabled={index > steps.indexOf(reached) || each === step}
              data-testid={`step-${each}`}
              onClick={() => goToStep(each)}
            >
              <span class="progress-mark">{isDone ? <CheckIcon /> : index + 1}</span>
              {stepNames[each]}
            </button>
          </li>
        )
      })}
    </ol>
  )
}

function StepForm({ step }: { step: Step }) {
  const form = useRef<HTMLFormElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({})

  // The step before it is gone, and the focus with it. The first step is reached by a link, which puts the focus at the page's heading.
  useEffect(() => {
    if (checkout.peek()?.reached !== 'contact') title.current?.focus()
  }, [])
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [faults])

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const found = faultsIn(step, checkout.peek()?.answers ?? {})
    setFaults(found)
    if (Object.keys(found).length > 0) return
    if (step !== 'review') return completeStep()
    const orderId = placeOrder()
    if (orderId !== undefined) go(paths.order(orderId), { replace: true })
  }

  return (
    <form class="step" ref={form} noValidate onSubmit={submit} aria-labelledby="step-title">
      <h2 id="step-title" ref={title} tabIndex={-1}>
        {stepNames[step]}
      </h2>
      {step === 'contact' && <Contact faults={faults} />}
      {step === 'shipping' && <Delivery faults={faults} />}
      {step === 'payment' && <Payment />}
      {step === 'review' && <Review />}
      {step === 'review' ? (
        <button type="submit" class="button is-large" data-testid="place-order">
          Order and pay {formatCents(checkoutTotals.value.totalCents)}
        </button>
      ) : (
        <button type="submit" class="button is-large" data-testid="checkout-next">
          Continue <ArrowIcon />
        </button>
      )}
    </form>
  )
}

interface Faulty {
  readonly faults: Readonly<Record<string, string>>
}

function Contact({ faults }: Faulty) {
  return (
    <>
      <Answer name="name" label="Name" autocomplete="name" faults={faults} />
      <Answer
        name="email"
        type="email"
        label="E-mail"
        autocomplete="email"
        hint="For the confirmation. The tracker never sees it."
        faults={faults}
      />
    </>
  )
}

function Delivery({ faults }: Faulty) {
  const { method } = checkout.value?.answers ?? {}
  return (
    <>
      <fieldset class="options">
        <legend>How shall it reach you?</legend>
        {shippingMethods.map((each) => (
          <Option
            key={each.id}
            group="method"
            id={each.id}
            name={each.name}
            promise={each.promise}
            price={priceOf(shippingFor(each, checkoutTotals.value.subtotalCents))}
          />
        ))}
      </fieldset>
      {method !== 'pickup' && (
        <div class="address">
          <Answer name="street" label="Street and number" autocomplete="street-address" faults={faults} class="is-wide" />
          <Answer name="postcode" label="Postcode" autocomplete="postal-code" faults={faults} />
          <Answer name="city" label="Town" autocomplete="address-level2" faults={faults} />
          <label class="select is-wide">
            <span>Country</span>
            <select
              name="country"
              autocomplete="country-name"
              data-testid="checkout-country"
              value={checkout.value?.answers.country ?? ''}
              onChange={(event) => answer({ country: event.currentTarget.value })}
            >
              {countries.map((country) => (
                <option key={country}>{country}</option>
              ))}
            </select>
          </label>
        </div>
      )}
    </>
  )
}

const priceOf = (cents: number): string => (cents === 0 ? 'Free' : formatCents(cents))

function Payment() {
  return (
    <>
      <fieldset class="options">
        <legend>How would you like to pay?</legend>
        {paymentMethods.map((each) => (
          <Option key={each.id} group="payment" id={each.id} name={each.name} promise={each.promise} />
        ))}
      </fieldset>
      <p class="hint">This is a demo: we ask for no card, and nothing is charged.</p>
    </>
  )
}

function Review() {
  const { name, email, street, postcode, city, country } = checkout.value?.answers ?? {}
  const isPickup = shippingMethod.value.id === 'pickup'
  return (
    <dl class="review">
      <Reviewed what="Contact" step="contact">
        {name}, {email}
      </Reviewed>
      <Reviewed what="Delivery" step="shipping">
        {shippingMethod.value.name}
        {isPickup ? ' in Leipzig' : `: ${street}, ${postcode} ${city}, ${country}`}
      </Reviewed>
      <Reviewed what="Payment" step="payment">
        {paymentMethod.value.name}
      </Reviewed>
    </dl>
  )
}

function Reviewed({ what, step, children }: { what: string; step: Step; children: ComponentChildren }) {
  return (
    <div>
      <dt>{what}</dt>
      <dd>{children}</dd>
      <dd>
        <button type="button" class="link" aria-label={`Change: ${what}`} onClick={() => goToStep(step)}>
          Change
        </button>
      </dd>
    </div>
  )
}

interface AnswerProps extends Faulty {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email'
  readonly autocomplete: string
  readonly hint?: string
  readonly class?: string
}

function Answer({ name, faults, ...field }: AnswerProps) {
  return (
    <Field
      {...field}
      name={name}
      value={checkout.value?.answers[name] ?? ''}
      fault={faults[name]}
      testId={`checkout-${name}`}
      onInput={(value) => answer({ [name]: value })}
    />
  )
}

interface OptionProps {
  readonly group: 'method' | 'payment'
  readonly id: string
  readonly name: string
  readonly promise: string
  readonly price?: string
}

function Option({ group, id, name, promise, price }: OptionProps) {
  return (
    <label class="option">
      <input
        type="radio"
        name={group}
        value={id}
        checked={checkout.value?.answers[group] === id}
        data-testid={`${group}-${id}`}
        onChange={() => answer({ [group]: id })}
      />
      <span>
        <strong>{name}</strong>
        <span class="quiet">{promise}</span>
      </span>
      {price && <span>{price}</span>}
    </label>
  )
}

function Basket() {
  return (
    <section class="summary" aria-label="Your order">
      <ul class="summary-lines">
        {cartItems.value.map(({ product, variant, quantity }) => (
          <li key={variant.sku}>
            <span>
              {quantity} × {product.name}, {variant.name}
            </span>
            <span>{formatCents(variant.priceCents * quantity)}</span>
          </li>
        ))}
      </ul>
      <TotalsTable totals={checkoutTotals.value} coupon={coupon.value} />
    </section>
  )
}
