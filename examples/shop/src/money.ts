const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })

/** `1990` as a visitor reads it: `€19.90`; with a real minus sign where something is taken off. */
export const formatCents = (cents: number): string => euros.format(cents / 100).replace('-', '\u2212')

/** The part of an amount, in cents, rounded half up: what a till does. */
export const percentOf = (cents: number, percent: number): number => Math.round((cents * percent) / 100)
