import type { Static, TObject, TProperties } from 'typebox'
import { Type } from 'typebox'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { Issue } from '../../canonical/errors.ts'
import type { OutgoingRequest } from '../../canonical/outgoing-request.ts'
import type { S3Credentials } from '../../canonical/s3-credentials.ts'
import { isObject } from '../../util/json.ts'
import { typedSettings } from '../../util/typed-settings.ts'
import type { Attributes } from '../otlp/span.ts'

/** A generation as destinations are told of it (contract §6.20). */
export interface BroadcastTrace {
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly traceName: string
  readonly generationName: string
  /** Unix milliseconds. */
  readonly start: number
  readonly end: number
  readonly record: GenerationRecord
  readonly keyName: string
  /** What was said, without anything but text, the input as JSON; null in privacy mode, and where it is too long. */
  readonly content: { readonly input: string; readonly output: string; readonly toolCalls: string | null } | null
  /** What the client wrote in `trace` besides names and ids. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** All of this in the words that OpenRouter uses of it. */
  readonly attributes: Attributes
}

/** What destinations work with. */
export interface DestinationTools {
  /** Returns Unix milliseconds. */
  now(): number
  /** Encodes traces as the body of an OTLP request. */
  otlp(traces: readonly BroadcastTrace[]): object
  /** Signs a request to a storage that speaks S3, and returns it with its signature. */
  signS3(request: OutgoingRequest, credentials: S3Credentials): Promise<OutgoingRequest>
}

type Encode<Settings> = (
  traces: readonly BroadcastTrace[],
  settings: Settings,
  tools: DestinationTools,
) => OutgoingRequest | Promise<OutgoingRequest>

/** A kind of destination. Each is one file in this folder. */
export interface Destination {
  /** OpenRouter's name for it. */
  readonly type: string
  readonly title: string
  readonly documentation: string
  /** Its settings, in OpenRouter's words. */
  readonly schema: TObject
  /** The settings that are never shown. */
  readonly secrets: readonly string[]
  /** The most traces that are sent in one request. */
  readonly perRequest: number
  /** Makes the request that delivers traces. `settings` are valid. */
  readonly encode: Encode<Readonly<Record<string, unknown>>>
  /** Makes the request that tries whether the address takes traces; absent where saving needs no trial. */
  readonly test?: (settings: Readonly<Record<string, unknown>>) => OutgoingRequest
  /** Returns what is wrong with valid settings where an account gives them, and not the operator. */
  readonly accountFault?: (settings: Readonly<Record<string, unknown>>) => Issue | null
}

interface DestinationDefinition<Settings extends TProperties> extends Omit<
  Destination,
  'schema' | 'encode' | 'test' | 'accountFault' | 'secrets'
> {
  readonly settings: Settings
  readonly secrets: readonly (keyof Settings & string)[]
  readonly encode: Encode<Static<TObject<Settings>>>
  readonly test?: (settings: Static<TObject<Settings>>) => OutgoingRequest
  readonly accountFault?: (settings: Static<TObject<Settings>>) => Issue | null
}

/** Defines a kind of destination. */
export function defineDestination<Settings extends TProperties>(
  definition: DestinationDefinition<Settings>,
): Destination {
  const { settings, encode, test, accountFault, ...rest } = definition
  const schema = Type.Object(settings, { additionalProperties: false })
  return {
    ...rest,
    schema,
    encode: (traces, given, tools) => encode(traces, typedSettings(schema, given), tools),
    ...(test !== undefined && { test: (given) => test(typedSettings(schema, given)) }),
    ...(accountFault !== undefined && { accountFault: (given) => accountFault(typedSettings(schema, given)) }),
  }
}

/** Makes the schema of an address of a destination. */
export const address = (description: string, more: { readonly default?: string } = {}) =>
  Type.String({
    pattern: '^https?://[^\\s#@]+$',
    maxLength: 2_048,
    patternErrorMessage: 'must be an http:// or https:// address without user, password or #',
    description,
    ...more,
  })

/** Makes the schema of a text that is sent in a header. */
export const headerText = (description: string, more: { readonly default?: string } = {}) =>
  Type.String({
    minLength: 1,
    maxLength: 4_096,
    pattern: '^[ -~]+$',
    patternErrorMessage: 'must hold only printable ASCII characters, since it is sent in a header',
    description,
    ...more,
  })

/** The headers that the user adds to each request. They may hold keys. */
export const ownHeaders = Type.Optional(
  Type.Unsafe<Record<string, string>>({
    type: 'object',
    maxProperties: 50,
    propertyNames: {
      type: 'string',
      pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$",
      patternErrorMessage: 'must be that of a header: at most 100 letters, digits, "-" and "_"',
    },
    additionalProperties: headerText('The value.'),
    description: 'Headers that are sent with each request. Their values are not shown.',
  }),
)

/** Headers that say how a request is sent, and belong to the connection. Source: RFC 9110, sections 7.6.1, 7.2, 8.6 and 10.1.1. */
const framing = /^(?:connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/i

/** Returns what is wrong with the headers among valid settings; null where nothing is. */
export function headersFault({ headers }: Readonly<Record<string, unknown>>): Issue | null {
  const name = isObject(headers) ? Object.keys(headers).find((name) => framing.test(name)) : undefined
  return name === undefined ? null : { path: `headers.${name}`, message: 'is a header that the gateway sets itself' }
}

/** Makes a request with a JSON body. The user's own headers come last. */
export const jsonRequest = (
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  method: OutgoingRequest['method'] = 'POST',
): OutgoingRequest => ({
  method,
  url,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** Returns the value of the header for basic authentication. */
export const basicAuth = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
