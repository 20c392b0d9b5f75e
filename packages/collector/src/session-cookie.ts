import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Project } from './config.ts'

const name = 'footfall_session'
const lifeMs = 12 * 60 * 60 * 1000

/** Keeps people signed in to the reports without their secret key ever being stored in the browser. */
export interface SessionCookie {
  set(c: Context, project: Project, isHttps: boolean): void
  /** The project that a valid, unexpired cookie was made for. */
  read(c: Context): Project | null
  clear(c: Context): void
}

/**
 * The cookie holds the project, the end of its life and a signature. The signing key is made from all secret keys, so that each change
 * of them ends all sessions.
 */
export function createSessionCookie(projects: readonly Project[], now: () => number): SessionCookie {
  const signers = new Map(
    projects.map((project) => [
      project.id,
      { project, key: hash('sha256', `footfall session ${project.secretKeys.join(' ')}`, 'buffer') },
    ]),
  )
  const sign = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

  return {
    set(c, project, isHttps) {
      const signer = signers.get(project.id)
      if (signer === undefined) return
      const content = `${project.id}.${now() + lifeMs}`
      setCookie(c, name, `${content}.${sign(signer.key, content).toString('base64url')}`, {
        httpOnly: true,
        sameSite: 'Strict',
        secure: isHttps,
        path: basePath(c),
        maxAge: lifeMs / 1000,
      })
    },
    read(c) {
      const [id = '', expires = '', signature = '', ...rest] = (getCookie(c, name) ?? '').split('.')
      const signer = signers.get(id)
      if (signer === undefined || rest.length > 0 || !/^\d{1,16}$/.test(expires)) return null
      const expected = sign(signer.key, `${id}.${expires}`)
      const given = Buffer.from(signature, 'base64url')
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      return Number(expires) > now() ? signer.project : null
    },
    clear(c) {
      deleteCookie(c, name, { path: basePath(c) })
    },
  }
}

/** The collector may be mounted under a path of its host: only requests below it are shown the cookie. */
const basePath = (c: Context): string => c.req.path.replace(/reports\/session$/, '')
