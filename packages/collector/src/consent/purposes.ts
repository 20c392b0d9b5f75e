import { type Purpose, purposeOf as purposeOfSent } from '@footfall/events'
import { exceptions as sentExceptions } from '@footfall/events/purposes'
import { reportedNames } from '../normalise/stored-name.ts'

/** The purpose an event needs, by the name under which it is stored. */
export const purposeOf = (name: string): Purpose => purposeOfSent(reportedNames.get(name) ?? name)

/** The stored names that need another purpose than `analytics`. */
export const exceptions: Readonly<Record<string, Purpose>> = {
  ...sentExceptions,
  ...Object.fromEntries([...reportedNames].map(([stored, name]) => [stored, purposeOfSent(name)])),
}
