import type { Parameters, Source } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'

/** How a protocol writes one parameter. */
export interface WireParameter {
  /** The fields that hold it. The first is the one that is written; a change removes all of them. */
  readonly fields: readonly string[]
  /** Its value in the protocol's own form. Absent: the value depends on the upstream and is written where the upstream is known. */
  readonly encode?: (parameters: Parameters) => unknown
}

/** Every parameter in one protocol; the compiler checks that the table is complete. */
export type WireParameters = { readonly [Name in keyof Required<Parameters>]: WireParameter }

/** A parameter that the protocol does not have. */
export const unspoken: WireParameter = { fields: [] }

/**
 * Returns the request's parameters in the names of one protocol. For a request that came in this protocol this is the client's own body, in
 * which only the parameters that were changed since are written anew, so that every other field is passed on unchanged (design law 2).
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
