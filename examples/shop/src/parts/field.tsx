import { useId } from 'preact/hooks'

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password'
  readonly value?: string | undefined
  /** How the browser may fill it in. */
  readonly autocomplete: string
  /** What is wrong with it; said right below and to screen readers. */
  readonly fault?: string | undefined
  readonly hint?: string
  readonly class?: string
  readonly testId: string
  readonly onInput?: (value: string) => void
}

export function Field({
  name,
  label,
  type = 'text',
  value,
  autocomplete,
  fault,
  hint,
  class: className,
  testId,
  onInput,
}: FieldProps) {
  const id = useId()
  const notes = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ')
  return (
    <div class={className === undefined ? 'field' : `field ${className}`}>
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        // Preact ties roles and lists to the type, which a variable type cannot satisfy; neither is set here.
        type={type as 'text'}
        value={value}
        autocomplete={autocomplete}
        aria-invalid={fault !== undefined}
        aria-describedby={notes || undefined}
        data-testid={testId}
        onInput={(event) => onInput?.(event.currentTarget.value)}
      />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  )
}
