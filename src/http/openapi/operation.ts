import type { TSchema } from 'typebox'
import type { ErrorKind } from '../../canonical/errors.ts'

/** A heading under which operations are shown. */
export interface Group {
  readonly name: string
  readonly description: string
}

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header' | 'path'
  readonly description: string
  readonly schema: TSchema
  /** What stands in the path always is. */
  readonly required?: true
  readonly deprecated?: true
  /** For the examples. */
  readonly example?: string
}

/** What one address of the API does. The document that describes the API is made from these. */
export interface Operation {
  readonly method: 'get' | 'post'
  /** Under `/api/v1`, with `{names}` for what varies. */
  readonly path: string
  /** It lies at the root, not under `/api/v1`. */
  readonly atRoot?: true
  readonly id: string
  readonly group: Group
  readonly summary: string
  readonly description: string
  /** Whether it needs a key. */
  readonly authenticated: boolean
  readonly parameters?: readonly Parameter[]
  readonly body?: { readonly schema: TSchema; readonly example: object }
  readonly success: Success
  /** Replies that are neither a success nor the error envelope, by status. */
  readonly otherwise?: Readonly<Record<number, { readonly description: string; readonly json: TSchema }>>
  readonly errors: readonly ErrorKind[]
}

export interface Success {
  readonly description: string
  readonly json: TSchema
  /** Each event of the reply when `stream` is true. */
  readonly event?: TSchema
  /** The reply carries `X-Generation-Id`. */
  readonly isGeneration?: true
}
