import { type ErrorKind, errorTable, errorType } from '../../canonical/errors.ts'
import type { ResponseObject } from './openapi-document.ts'
import { respond } from './respond.ts'
import type { SchemaObject } from './schema-object.ts'

/** Describes the errors of an operation, with one response for each status. */
export function describeErrors(
  kinds: readonly ErrorKind[],
  envelope: SchemaObject,
): Readonly<Record<string, ResponseObject>> {
  const statuses = Map.groupBy(
    kinds.flatMap((kind) => statusesOf(kind).map((status) => ({ kind, status }))),
    ({ status }) => status,
  )
  return Object.fromEntries(
    [...statuses].map(([status, rows]) => [
      status,
      respond(
        rows.map(({ kind }) => `\`${errorType(kind)}\`: ${errorTable[kind].meaning}`).join('\n\n'),
        { 'application/json': envelope },
        [429, 503, 529].includes(status) ? ['Retry-After'] : [],
      ),
    ]),
  )
}

/** When one provider reported an overload, the reply keeps that provider's status (contract §5.5). */
const statusesOf = (kind: ErrorKind): readonly number[] =>
  kind === 'provider_overloaded' ? [errorTable[kind].status, 529] : [errorTable[kind].status]
