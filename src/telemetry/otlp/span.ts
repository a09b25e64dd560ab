/** A value of an attribute. One that is null or undefined is left out. */
export type AttributeValue = string | number | boolean | readonly string[] | null | undefined

export type Attributes = Readonly<Record<string, AttributeValue>>

/** A span of a trace, in the words of OpenTelemetry. Times are Unix milliseconds, with fractions. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly traceState?: string
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client'
  readonly start: number
  readonly end: number
  readonly attributes: Attributes
  readonly events?: readonly { readonly name: string; readonly at: number }[]
  /** What failed; null where nothing did. */
  readonly error: string | null
}
