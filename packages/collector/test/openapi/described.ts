import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Json = Readonly<Record<string, unknown>>

/** One operation of a description. */
export interface Described {
  /** In capitals. */
  readonly method: string
  /** With `{names}`. */
  readonly path: string
  readonly id: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly schema?: { readonly type?: string; readonly enum?: readonly unknown[] }
    readonly example?: unknown
  }[]
  /** Media type -> what it takes, or `null` for no body. */
  readonly body: Readonly<Record<string, Media>> | null
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Media>> }>
  >
}

interface Media {
  readonly schema?: Json
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

/** Everything that a description says can be asked. */
export const operationsOf = (document: object): readonly Described[] =>
  Object.entries((document as { readonly paths: Readonly<Record<string, Json>> }).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Described => {
      const { operationId, parameters = [], requestBody, responses } = operation as Json
      return {
        method: method.toUpperCase(),
        path,
        id: operationId as string,
        parameters: parameters as Described['parameters'],
        body: (requestBody as { readonly content: Described['body'] } | undefined)?.content ?? null,
        responses: responses as Described['responses'],
      }
    }),
  )

/** Holds values against the schemas of a description; answers with what is wrong, or `null`. */
export function createChecker(document: object) {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false })
  addFormats.default(ajv)
  // Keywords of OpenAPI, and where `#/components` is found.
  ajv.addVocabulary(['openapi', 'info', 'servers', 'tags', 'paths', 'components'])
  const compiled = new Map<Json, ValidateFunction>()
  const check = (schema: Json, value: unknown): string | null => {
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components: (document as Json).components })
    compiled.set(schema, validate)
    return validate(value) ? null : ajv.errorsText(validate.errors, { separator: '\n' })
  }

  /** An answer against what is said of its operation: status, media type, and every field: none that is not described. */
  async function checkAnswer(operation: Described, answer: Response): Promise<string | null> {
    const described = operation.responses[String(answer.status)]
    if (described === undefined) return `status ${answer.status} is not described: ${await answer.clone().text()}`
    const type = answer.headers.get('content-type')?.split(';', 1)[0] ?? null
    if (described.content === undefined) return type === null ? null : `${type} comes where nothing is described`
    const media = described.content[type ?? '']
    if (media === undefined) return `media type ${type} is not described`
    if (!/json$/.test(type ?? '')) return null
    return check(closed(media.schema ?? {}), await answer.clone().json())
  }

  return { check, checkAnswer }
}

const closings = new WeakMap<object, Json>()

/** The same schema, taking no field that it does not name. */
function closed(schema: Json): Json {
  const known = closings.get(schema)
  if (known !== undefined) return known
  const parts = Object.entries(schema).map(([key, part]) => [key, closedPart(part)] as const)
  const isOpen = schema.properties === undefined || schema.additionalProperties !== undefined
  const made: Json = { ...Object.fromEntries(parts), ...(isOpen ? {} : { additionalProperties: false }) }
  closings.set(schema, made)
  return made
}

function closedPart(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closedPart)
  return typeof part === 'object' && part !== null ? closed(part as Json) : part
}
