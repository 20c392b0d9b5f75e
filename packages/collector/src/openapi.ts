import { Batch, ConsentReceipt, ConsentRecord, Envelope, limits, Receipt } from '@footfall/events'
import { refusals } from './errors.ts'
import { getConsent, postConsent } from './openapi/consent.ts'
import { getEvents, getLive } from './openapi/events.ts'
import { refusal } from './openapi/examples/ingest.ts'
import { getPixel, postEvents, postValidate } from './openapi/ingest.ts'
import { getGpc, getLivez, getMetrics, getOpenapi, getReadyz } from './openapi/operations.ts'
import {
  deleteSession,
  getReportsFile,
  getReportsPage,
  getTag,
  getTracker,
  getVersionedTracker,
  postSession,
} from './openapi/pages.ts'
import { deleteQuarantine, getQuarantine, getQuarantined, postReplay } from './openapi/quarantine.ts'
import { deleteAlias, deleteSource, getAliases, getSources, postReprocess, putAlias, putSource } from './openapi/registry.ts'
import { getCompleteness, getConsentRates, getQuality, getTraffic } from './openapi/reports.ts'
import { jsonSchema, ref, type Schema } from './openapi/schema.ts'
import { deleteSubject, getSubject } from './openapi/subjects.ts'
import type { MetricsAccess } from './ops/metrics-access.ts'

/** The description of the API, made from the schemas that requests are held against and the types that answers have. */
export function openapi(paths: readonly string[], metrics: MetricsAccess = 'open'): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Footfall collector',
      version: '1',
      description: 'Takes what happens in a shop, with consent, exactly once, and answers questions about it.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Where this description is found, the routes are: also under a host's own prefix.
    servers: [{ url: '.' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: {
      '/v1/events': { post: postEvents(), get: getEvents },
      ...Object.fromEntries(
        paths.map((path, index) => [path, { post: postEvents(`deliverEventsUnderPath${index === 0 ? '' : index + 1}`) }]),
      ),
      '/v1/validate': { post: postValidate },
      '/v1/pixel.gif': { get: getPixel },
      '/v1/live': { get: getLive },
      '/v1/consent': { post: postConsent },
      '/v1/consent/{subject}': { get: getConsent },
      '/v1/reports/traffic': { get: getTraffic },
      '/v1/reports/completeness': { get: getCompleteness },
      '/v1/reports/consent': { get: getConsentRates },
      '/v1/reports/quality': { get: getQuality },
      '/v1/quarantine': { get: getQuarantine, delete: deleteQuarantine },
      '/v1/quarantine/{key}': { get: getQuarantined },
      '/v1/quarantine/replay': { post: postReplay },
      '/v1/sources': { get: getSources },
      '/v1/sources/{id}': { put: putSource, delete: deleteSource },
      '/v1/aliases': { get: getAliases },
      '/v1/aliases/{from}': { put: putAlias, delete: deleteAlias },
      '/v1/reprocess': { post: postReprocess },
      '/v1/subjects/{id}': { get: getSubject, delete: deleteSubject },
      '/reports/': { get: getReportsPage },
      '/reports/{file}': { get: getReportsFile },
      '/reports/session': { post: postSession, delete: deleteSession },
      '/footfall.js': { get: getTracker },
      '/footfall/{version}/footfall.js': { get: getVersionedTracker },
      '/footfall/{file}': { get: getTag },
      '/readyz': { get: getReadyz },
      '/livez': { get: getLivez },
      ...(metrics !== 'off' && { '/metrics': { get: getMetrics(metrics === 'open') } }),
      '/openapi.json': { get: getOpenapi },
      '/.well-known/gpc.json': { get: getGpc },
    },
    components: {
      securitySchemes: {
        secretKey: { type: 'http', scheme: 'bearer', description: 'The secret key.' },
        ...(typeof metrics === 'object' && {
          metricsKey: { type: 'http', scheme: 'bearer', description: 'The key that FOOTFALL_METRICS is set to.' },
        }),
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'footfall_session',
          description: 'Set by POST /reports/session. What changes something takes it only from the reports page itself.',
        },
      },
      schemas: {
        Batch: batchSchema,
        Envelope: jsonSchema(Envelope),
        Receipt: jsonSchema(Receipt),
        ConsentRecord: jsonSchema(ConsentRecord),
        ConsentReceipt: jsonSchema(ConsentReceipt),
        Problem: problemSchema,
      },
    },
  }
}

const tags = {
  events: 'What happened: delivered, judged, stored, read.',
  consent: 'What visitors decided.',
  reports: 'Questions that people ask.',
  quarantine: 'What was refused but kept.',
  registry: 'Where events come from, and what names mean.',
  subjects: 'What is known about a person.',
  pages: 'What browsers load.',
  operations: 'For those who run it.',
} as const

const batchSchema: Schema = (() => {
  const batch = jsonSchema(Batch) as { readonly properties: Schema }
  // Events are checked one by one, so that the batch's own schema does not say what they are.
  return {
    ...batch,
    properties: { ...batch.properties, events: { type: 'array', maxItems: limits.maxBatchEvents, items: ref('Envelope') } },
  }
})()

const problemSchema: Schema = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(refusals) },
    detail: { type: 'string', description: 'For people: what is wrong and what to do.' },
    retry_after_ms: { type: 'integer', description: 'When to try again; also in Retry-After, in seconds.' },
  },
  examples: [refusal],
}
