import openapiTypes, { astToString, type OpenAPI3 } from 'openapi-typescript'

/**
 * What a client in TypeScript is generated from, as a module with `paths`: the types of every request and answer of a description.
 *
 * It stands here because it is printed by the compiler of TypeScript 5, which the rest of the workspace does without.
 */
export async function typesOf(description: object): Promise<string> {
  return astToString(await openapiTypes(description as OpenAPI3)) // throws where it is none
}
