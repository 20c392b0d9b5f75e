import { done, type Operation, open, pathParameter, problems, secured, sent } from './operation.ts'
import { json, object, text } from './schema.ts'

export const getTracker: Operation = {
  operationId: 'loadTracker',
  tags: ['pages'],
  summary: 'The tracker for script tags',
  security: open,
  responses: { ...sent('The script.', 'text/javascript'), ...problems('not_built') },
}

export const getVersionedTracker: Operation = {
  ...getTracker,
  operationId: 'loadVersionedTracker',
  summary: 'The same under a name that changes with its content, to be kept for good',
  parameters: [pathParameter('version', 'As the start of the collector prints it.', '0f2d4b6a8c0e')],
  responses: { ...sent('The script.', 'text/javascript'), ...problems('not_found', 'not_built') },
}

export const getTag: Operation = {
  operationId: 'loadTag',
  tags: ['pages'],
  summary: 'What goes with the tracker, for script tags: banner.js, consent-tcf.js and so on',
  security: open,
  parameters: [pathParameter('file', 'Of the script.', 'banner.js')],
  responses: { ...sent('The script.', 'text/javascript'), ...problems('not_found', 'not_built') },
}

export const getReportsPage: Operation = {
  operationId: 'openReports',
  tags: ['pages'],
  summary: 'The page people look at',
  security: open,
  responses: { ...sent('The page.', 'text/html'), ...problems('not_built') },
}

export const getReportsFile: Operation = {
  operationId: 'loadReportsFile',
  tags: ['pages'],
  summary: 'A file of that page',
  security: open,
  parameters: [pathParameter('file', 'Of the file.', 'main.js')],
  responses: {
    ...sent('The file.', 'text/javascript', 'text/css', 'image/svg+xml', 'text/html'),
    ...problems('not_found', 'not_built'),
  },
}

export const postSession: Operation = {
  operationId: 'signIn',
  tags: ['pages'],
  summary: 'Sign in to the reports',
  description: 'Only from the reports page itself.',
  security: open,
  requestBody: {
    required: true,
    content: json(object({ secret_key: text }), { key: { value: { secret_key: 'sk_0123456789abcdef' } } }),
  },
  responses: {
    ...done('Signed in: the cookie is set.'),
    ...problems('wrong_secret_key', 'rate_limited', 'origin_not_allowed', 'body_too_large'),
  },
}

export const deleteSession: Operation = {
  operationId: 'signOut',
  tags: ['pages'],
  summary: 'Sign out',
  security: [...open, {}, ...secured.slice(1)],
  responses: { ...done('The cookie is gone.'), ...problems() },
}
