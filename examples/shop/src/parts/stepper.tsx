import { maxQuantity } from '../cart/lines.ts'
import { MinusIcon, PlusIcon } from './icons.tsx'

interface StepperProps {
  /** What is counted, for those who cannot see where it stands. */
  readonly of: string
  readonly quantity: number
  readonly onChange: (quantity: number) => void
  /** Beginning of its test ids. */
  readonly testId: string
}

export function Stepper({ of, quantity, onChange, testId }: StepperProps) {
  return (
    <fieldset class="stepper">
      <legend class="sr-only">Quantity of {of}</legend>
      <button
        type="button"
        aria-label={`One ${of} less`}
        data-testid={`${testId}-less`}
        disabled={quantity <= 1}
        onClick={() => onChange(quantity - 1)}
      >
        <MinusIcon />
      </button>
      <output aria-live="polite" data-testid={`${testId}-quantity`}>
        {quantity}
      </output>
      <button
        type="button"
        aria-label={`One ${of} more`}
        data-testid={`${testId}-more`}
        disabled={quantity >= maxQuantity}
        onClick={() => onChange(quantity + 1)}
      >
        <PlusIcon />
      </button>
    </fieldset>
  )
}
