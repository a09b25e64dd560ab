import type { TSchema } from 'typebox'
import type { ErrorKind } from '../canonical/errors.ts'
import type { ErrorEncoder } from '../protocols/protocol.ts'
import type { Access } from './access.ts'
import type { Handler } from './exchange.ts'
import type { GroupName } from './openapi/groups.ts'

/** What one address does. `Dependencies` are what its handler needs of the gateway: each route names its own. */
export type HttpRoute<Dependencies> = ApiRoute<Dependencies> | PageRoute<Dependencies>

interface Address<Dependencies> {
  readonly method: 'get' | 'post'
  /** Under `/api/v1`, with `{names}` for the segments that vary. */
  readonly path: `/${string}`
  /** The address is at the root, not under `/api/v1`. */
  readonly atRoot?: true
  readonly access: Access
  /** Is called once, when the gateway is put together. */
  readonly handle: (dependencies: Dependencies) => Handler
}

/** An operation of the API. The OpenAPI document and the API reference are made from these. */
export interface ApiRoute<Dependencies> extends Address<Dependencies> {
  readonly type: 'api'
  /** The name of the operation, as generated clients have it. */
  readonly id: string
  readonly group: GroupName
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly Parameter[]
  readonly body?: { readonly schema: TSchema; readonly example: object }
  readonly success: Success
  /** Replies that are neither a success nor the error envelope, by status. */
  readonly otherwise?: Readonly<Record<number, { readonly description: string; readonly json: TSchema }>>
  readonly errors: readonly ErrorKind[]
  /** How every error at this address is written, also before the body is read. Absent: the standard envelope (contract §5.1). */
  readonly envelope?: Envelope<Dependencies>
}

/** A page for people, in HTML. The OpenAPI document does not list it. */
export interface PageRoute<Dependencies> extends Address<Dependencies> {
  readonly type: 'page'
}

export interface Envelope<Dependencies> {
  /** Its title ends in `ErrorResponse`: by that the API reference tells errors from other replies. */
  readonly json: TSchema
  readonly encoder: (dependencies: Dependencies) => ErrorEncoder
}

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header' | 'path'
  readonly description: string
  readonly schema: TSchema
  /** A parameter of the path is always required. */
  readonly required?: true
  readonly deprecated?: true
  /** For the examples. */
  readonly example?: string
}

export interface Success {
  readonly description: string
  readonly json: TSchema
  /** Each event of the reply when `stream` is true. */
  readonly event?: TSchema
  /** The reply carries `X-Generation-Id`. */
  readonly isGeneration?: true
}

export const defineRoute = <Dependencies>(route: Omit<ApiRoute<Dependencies>, 'type'>): ApiRoute<Dependencies> => ({
  type: 'api',
  ...route,
})

/** Defines a page: at the root, for anybody. */
export const definePage = <Dependencies>(
  page: Pick<PageRoute<Dependencies>, 'path' | 'handle'>,
): PageRoute<Dependencies> => ({ type: 'page', method: 'get', atRoot: true, access: 'public', ...page })

/** What the handlers of several routes need together. */
export type DependenciesOf<Route extends HttpRoute<never>> = Route['handle'] extends (
  dependencies: infer All,
) => Handler
  ? All
  : never
