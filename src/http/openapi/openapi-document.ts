import type { SchemaObject } from './schema-object.ts'

/** The part of OpenAPI 3.1 that the document uses. Source: https://spec.openapis.org/oas/v3.1.1 */
export interface OpenApiDocument {
  readonly openapi: string
  readonly info: {
    readonly title: string
    readonly version: string
    readonly description: string
    readonly license: { readonly name: string; readonly identifier: string }
  }
  readonly servers: readonly ServerObject[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly security: readonly SecurityRequirement[]
  /** Operations by path, then by method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, SchemaObject>>
    readonly headers: Readonly<Record<string, HeaderObject>>
    readonly securitySchemes: Readonly<Record<string, object>>
  }
}

interface ServerObject {
  readonly url: string
}

type SecurityRequirement = Readonly<Record<string, readonly string[]>>

export interface OperationObject {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  /** The server of this path, where it differs from the default. */
  readonly servers?: readonly ServerObject[]
  /** Empty when no key is needed. */
  readonly security?: readonly SecurityRequirement[]
  readonly parameters?: readonly ParameterObject[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  /** Responses by status. */
  readonly responses: Readonly<Record<string, ResponseObject>>
}

export interface ParameterObject {
  readonly name: string
  readonly in: 'query' | 'header' | 'path'
  readonly required: boolean
  readonly deprecated?: boolean
  readonly description: string
  readonly schema: SchemaObject
  readonly example?: string
}

export interface ResponseObject {
  readonly description: string
  readonly headers: Readonly<Record<string, { readonly $ref: string }>>
  readonly content: Content
}

export interface HeaderObject {
  readonly description: string
  readonly schema: SchemaObject
}

/** Schemas by media type. */
type Content = Readonly<Record<string, { readonly schema: SchemaObject; readonly example?: object }>>
