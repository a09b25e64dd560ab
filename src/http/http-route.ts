import type { TSchema } from 'typebox'
import type { ErrorKind } from '../canonical/errors.ts'
import type { ErrorEncoder } from '../protocols/protocol.ts'
import type { Access } from './access.ts'
import type { Handler } from './exchange.ts'
import type { GroupName } from './openapi/groups.ts'

/** One address and its handler. `Dependencies` are what the handler needs of the gateway: each route declares its own. */
export type HttpRoute<Dependencies> = ApiRoute<Dependencies> | PageRoute<Dependencies>

interface Address<Dependencies> {
  readonly method: 'get' | 'post' | 'patch' | 'delete'
  /** The path under `/api/v1`, with variable segments as `{names}`. */
  readonly path: `/${string}`
  /** The path is at the root, not under `/api/v1`. */
  readonly atRoot?: true
  readonly access: Access
  /** Creates the handler. It is called once, when the gateway is created. */
  readonly handle: (dependencies: Dependencies) => Handler
}

/** An operation of the API. The OpenAPI document and the API reference are generated from these. */
export interface ApiRoute<Dependencies> extends Address<Dependencies> {
  readonly type: 'api'
  /** The name of the operation in generated clients. */
  readonly id: string
  readonly group: GroupName
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly Parameter[]
  readonly body?: Body
  readonly success: Success
  /** Replies that are neither a success nor the error envelope, by status. */
  readonly otherwise?: Readonly<Record<number, { readonly description: string; readonly json: TSchema }>>
  readonly errors: readonly ErrorKind[]
  /** How every error at this address is written, also before the body is read. Absent: the standard envelope (contract §5.1). */
  readonly envelope?: Envelope<Dependencies>
}

/** A page for people, in HTML, or the metrics. The OpenAPI document does not list it. */
export interface PageRoute<Dependencies> extends Address<Dependencies> {
  readonly type: 'page'
}

export interface Envelope<Dependencies> {
  /** The title of the schema ends in `ErrorResponse`, by which the API reference distinguishes errors from other replies. */
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
  /** A value for the examples. */
  readonly example?: string
}

export interface Body {
  readonly schema: TSchema
  readonly example: object
  /** The schema of the fields of a form, where the body may be one. */
  readonly form?: TSchema
}

export interface Success {
  /** Default: 200. */
  readonly status?: 201
  readonly description: string
  /** Absent where the reply is bytes. */
  readonly json?: TSchema
  /** The media types of a reply that is bytes. */
  readonly bytes?: readonly string[]
  /** The schema of each event of the reply when `stream` is true. */
  readonly event?: TSchema
  /** Whether the reply has the header `X-Generation-Id`. */
  readonly isGeneration?: true
}

export const defineRoute = <Dependencies>(route: Omit<ApiRoute<Dependencies>, 'type'>): ApiRoute<Dependencies> => ({
  type: 'api',
  ...route,
})

/** Defines a page, which is at the root, and public unless it says otherwise. */
export const definePage = <Dependencies>(
  page: Pick<PageRoute<Dependencies>, 'path' | 'handle'> & Partial<Pick<PageRoute<Dependencies>, 'access'>>,
): PageRoute<Dependencies> => ({ type: 'page', method: 'get', atRoot: true, access: 'public', ...page })

/** The dependencies that the handlers of several routes need together. */
export type DependenciesOf<Route extends HttpRoute<never>> = Route['handle'] extends (
  dependencies: infer All,
) => Handler
  ? All
  : never
