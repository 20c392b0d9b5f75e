import { catalogue, type Purpose, purposeOf as purposeOfSent } from '@footfall/events'
import { exceptions as sentExceptions } from '@footfall/events/purposes'

/** Under this name stands what somebody sent that only the collector derives: kept as it was told, and never taken for its own. */
export const reportedName = (derived: string): string => `${derived}_reported`

const reported: ReadonlyMap<string, Purpose> = new Map(
  [...catalogue.values()].filter(({ derived }) => derived).map(({ name, purpose }) => [reportedName(name), purpose]),
)

/** The purpose an event needs, by the name under which it is stored. */
export const purposeOf = (name: string): Purpose => reported.get(name) ?? purposeOfSent(name)

/** The stored names that need another purpose than `analytics`. */
export const exceptions: Readonly<Record<string, Purpose>> = { ...sentExceptions, ...Object.fromEntries(reported) }
