/** Somebody, as far as events tell: the ids that are theirs. */
export interface Person {
  readonly users: readonly string[]
  readonly devices: readonly Device[]
}

/** An anonymous id, and whether somebody else was seen with it. */
export interface Device {
  readonly id: string
  readonly isShared: boolean
}

/** Which ids were seen together on any event. */
export interface Links {
  usersOf(anonymousId: string): readonly string[]
  devicesOf(userId: string): readonly string[]
  isUser(id: string): boolean
  /** Was it erased before? Then what is left of its links says less than it seems to. */
  wasErased(id: string): boolean
}

/**
 * Finds who is meant by an id, which may be a user id or an anonymous one. A user's devices are all anonymous ids that were seen with the
 * user id. An anonymous id that was seen with one user id alone is that user. One that was seen with several is nobody's but its own:
 * whose it is cannot be told, and one customer's data must not be given out, or erased, under another's.
 */
export function personOf(id: string, links: Links): Person {
  const [only, ...others] = links.usersOf(id)
  // Whoever may choose an anonymous id could choose somebody's user id: a user id leads to no other user.
  const isOneUsers = only !== undefined && others.length === 0 && !links.isUser(id) && !links.wasErased(id)
  const users = isOneUsers && only !== id ? [id, only] : [id]
  const devices = new Set([id, ...users.flatMap((user) => links.devicesOf(user))])
  return {
    users,
    devices: [...devices].map((device) => ({
      id: device,
      isShared: links.usersOf(device).some((user) => !users.includes(user)),
    })),
  }
}

/** Who an event says that it is about. */
export interface Ids {
  readonly userId: string | null
  readonly anonymousId: string | null
}

/** Is an event with these ids the person's? A user id decides; without one, the device does. */
export function createIsTheirs({ users, devices }: Person): (ids: Ids) => boolean {
  const [userIds, deviceIds] = [new Set(users), new Set<string | null>(devices.map(({ id }) => id))]
  return ({ userId, anonymousId }) => (userId === null ? deviceIds.has(anonymousId) : userIds.has(userId))
}

export const isTheirs = (person: Person, ids: Ids): boolean => createIsTheirs(person)(ids)

/** All ids, shared ones included. */
export const idsOf = ({ users, devices }: Person): readonly string[] => [...new Set([...users, ...devices.map(({ id }) => id)])]

/** The ids that are nobody else's: after an erasure they must not be found anywhere. */
export function ownIds(person: Person): readonly string[] {
  const shared = new Set(person.devices.filter(({ isShared }) => isShared).map(({ id }) => id))
  return idsOf(person).filter((id) => !shared.has(id))
}
