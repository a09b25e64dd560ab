import type { RecordOf, RecordFields } from './record-fields.ts'

/** One call to one endpoint, failed or not. */
export const attemptFields = {
  generationId: 'text',
  /** Order of the calls, from 0. */
  sequence: 'integer',
  endpoint: 'text',
  provider: 'text',
  providerName: 'text',
  model: 'text',
  /** HTTP status, or the one the failure was mapped to. 0 when the client left, or another call answered first. */
  status: 'integer',
  /** Milliseconds. */
  latency: 'integer',
  errorKind: 'text?',
  upstreamId: 'text?',
  /** Service tier of the endpoint. */
  tier: 'text',
  /** `first`, `retry`, `hedge` or `rescue`. */
  kind: 'text',
  /** What the provider is owed for it, in nano-USD. The generation's own cost is what the client is charged. */
  cost: 'integer',
  /** Whether the provider may bill more than `cost` for it: it was given up, and is not known to stop. That is the operator's loss. */
  mayBillMore: 'boolean',
  /** 0 for a call that answers the client; 1 for one that a tool of that answer made, and so on. */
  depth: 'integer',
  /** The tool that made it; null where none did. */
  tool: 'text?',
} as const satisfies RecordFields

/**
 * A generation as it is recorded, but for its attempts. Amounts in nano-USD, times in Unix milliseconds, durations in milliseconds. The
 * columns of the store follow from this table; a field that is added needs a migration.
 */
export const generationFields = {
  id: 'text',
  requestId: 'text',
  upstreamId: 'text?',
  account: 'text',
  keyHash: 'text',
  createdAt: 'integer',
  operation: 'text',
  /** The slug the client sent, and the one that served. */
  requestedModel: 'text',
  model: 'text',
  provider: 'text?',
  providerName: 'text?',
  endpoint: 'text?',
  streamed: 'boolean',
  cancelled: 'boolean',
  /** HTTP status of the reply. */
  status: 'integer',
  errorKind: 'text?',
  finishReason: 'text?',
  nativeFinishReason: 'text?',
  serviceTier: 'text?',
  promptTokens: 'integer?',
  completionTokens: 'integer?',
  reasoningTokens: 'integer?',
  cachedTokens: 'integer?',
  cacheWriteTokens: 'integer?',
  imageTokens: 'integer?',
  cost: 'integer',
  promptCost: 'integer',
  completionCost: 'integer',
  otherCost: 'integer',
  costProvenance: 'text',
  isByok: 'boolean',
  /** From arrival to the first content event, and to the end. */
  latency: 'integer?',
  generationTime: 'integer',
  sessionId: 'text?',
  externalUser: 'text?',
  userAgent: 'text?',
  httpReferer: 'text?',
  /** JSON text. */
  metadata: 'text?',
  trace: 'text?',
} as const satisfies RecordFields

export interface AttemptRecord extends RecordOf<typeof attemptFields> {}

export interface GenerationRecord extends RecordOf<typeof generationFields> {
  readonly attempts: readonly AttemptRecord[]
}
