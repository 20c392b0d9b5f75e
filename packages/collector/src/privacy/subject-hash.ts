import { createHmac, createSecretKey } from 'node:crypto'

/** A person or a device as the consent ledger and the tombstones name them: 32 hexadecimal digits that only this installation can make. */
export type SubjectHash = (project: string, id: string) => string

/**
 * Makes pseudonyms of ids, with the installation's secret. What has to be kept about somebody who is erased (that they agreed, that they
 * are erased) then names nobody: without the secret a list of guessed ids cannot be held against it.
 */
export function createSubjectHash(secret: string): SubjectHash {
  // Made once: from a text or from bytes it costs more than the hash itself.
  const key = createSecretKey(secret, 'utf8')
  // Projects are different shops: the same id in two of them must not look the same. No project's id holds a NUL.
  return (project, id) => createHmac('sha256', key).update(`${project}\0${id}`).digest('hex').slice(0, 32)
}
