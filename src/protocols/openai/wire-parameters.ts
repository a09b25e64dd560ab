import type { Parameters, Source } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'

/** How a language writes one parameter. */
export interface WireParameter {
  /** The fields that say it. The first is the one that is written; a change takes all of them out. */
  readonly fields: readonly string[]
  /** Its value in the language's own form. Absent: it depends on the upstream and is written where that is known. */
  readonly encode?: (parameters: Parameters) => unknown
}

/** Every parameter in one language: the compiler holds the table complete. */
export type WireParameters = { readonly [Name in keyof Required<Parameters>]: WireParameter }

/** A parameter that the language has no word for. */
export const unspoken: WireParameter = { fields: [] }

/**
 * What is asked of the model, in the names of one language: for a request that came in it the client's own body, in which only the
 * parameters are written anew that were changed on the way, so that every other field goes on as it came (design law 2).
 */
export function wireParameters(
  table: WireParameters,
  { parameters, source }: { readonly parameters: Parameters; readonly source: Source },
  protocol: string,
): JsonObject {
  const isOwn = source.protocol === protocol
  if (isOwn && parameters === source.parameters) return source.body
  const body: Record<string, unknown> = isOwn ? { ...source.body } : {}
  for (const [name, { fields, encode }] of entriesOf(table)) {
    if (isOwn && parameters[name] === source.parameters[name]) continue
    for (const field of fields) delete body[field]
    const [field] = fields
    const value = encode?.(parameters)
    if (field !== undefined && value !== undefined) body[field] = value
  }
  return body
}

function* entriesOf(table: WireParameters): Generator<readonly [keyof Parameters, WireParameter]> {
  let name: keyof WireParameters
  for (name in table) yield [name, table[name]]
}
