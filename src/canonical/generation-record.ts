import type { RecordOf, RecordFields } from './record-fields.ts'

/** One call to one endpoint, failed or not. */
export const attemptFields = {
  generationId: 'text',
  /** The position among the calls, from 0. */
  sequence: 'integer',
  endpoint: 'text',
  provider: 'text',
  providerName: 'text',
  model: 'text',
  /** The HTTP status, or the one that the failure was mapped to. 0 when the client left, or another call answered first. */
  status: 'integer',
  /** The time from the arrival of the request to its beginning, in milliseconds; null in records of earlier versions. */
  startedAfter: 'integer?',
  /** Milliseconds. */
  latency: 'integer',
  errorKind: 'text?',
  upstreamId: 'text?',
  /** Service tier of the endpoint. */
  tier: 'text',
  /** `first`, `retry`, `hedge` or `rescue`. */
  kind: 'text',
  /**
   * What the provider charges the operator for the call, in nano-USD: nothing where a key of the account's own was used. The cost of the
   * generation is what the client is charged.
   */
  cost: 'integer',
  /** Whether the provider may bill more than `cost`: the call was abandoned, and may have gone on. The operator pays for that. */
  mayBillMore: 'boolean',
  /** 0 for a call that answers the client; 1 for a call that a tool of that answer made, and so on. */
  depth: 'integer',
  /** The tool that made the call; null where no tool did. */
  tool: 'text?',
  /** Whether the account's own key for the provider was used (contract §6.17): then the provider charges the account. */
  isByok: 'boolean',
} as const satisfies RecordFields

/** One fee of a plugin or a server tool. */
export const feeFields = {
  generationId: 'text',
  /** The position among the fees, from 0. */
  sequence: 'integer',
  /** The plugin or server tool. */
  source: 'text',
  engine: 'text',
  /** `search`, `fetch` or `parsed-page`. */
  unit: 'text',
  units: 'integer',
  results: 'integer?',
  /** Nano-USD. */
  amount: 'integer',
} as const satisfies RecordFields

/**
 * The record of a generation, without its attempts and fees. Amounts are in nano-USD, times in Unix milliseconds, durations in milliseconds. The
 * columns of the store follow from this table; a new field needs a migration.
 */
export const generationFields = {
  id: 'text',
  requestId: 'text',
  upstreamId: 'text?',
  account: 'text',
  keyHash: 'text',
  createdAt: 'integer',
  operation: 'text',
  /** The slug that the client sent, and the slug of the model that served. */
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
  /** What the client was told, cut; without the words of the provider where the account keeps no content. Null in records of earlier versions. */
  errorMessage: 'text?',
  finishReason: 'text?',
  nativeFinishReason: 'text?',
  serviceTier: 'text?',
  promptTokens: 'integer?',
  completionTokens: 'integer?',
  reasoningTokens: 'integer?',
  cachedTokens: 'integer?',
  cacheWriteTokens: 'integer?',
  imageTokens: 'integer?',
  /**
   * The images, sounds, videos and files of the prompt, the sounds among them, and the images and sounds of the answer; null in records of
   * earlier versions.
   */
  promptMedia: 'integer?',
  promptAudio: 'integer?',
  completionMedia: 'integer?',
  cost: 'integer',
  promptCost: 'integer',
  completionCost: 'integer',
  otherCost: 'integer',
  toolCost: 'integer',
  costProvenance: 'text',
  /**
   * What the provider's cache saved, by our prices; negative where writing to it cost more. Null where it was not used, and in records of
   * earlier versions.
   */
  cacheDiscount: 'integer?',
  isByok: 'boolean',
  /** What the calls with the account's own keys cost at the list price. The account pays that to its providers; it is not part of `cost`. */
  upstreamCost: 'integer',
  /** The time from arrival to the first content event, and to the end. */
  latency: 'integer?',
  generationTime: 'integer',
  sessionId: 'text?',
  externalUser: 'text?',
  userAgent: 'text?',
  httpReferer: 'text?',
  /** The name that the application gave itself. */
  appTitle: 'text?',
  /** JSON text. */
  metadata: 'text?',
  trace: 'text?',
  /** The generation whose answer it is, where the answer came from the response cache. */
  responseCacheSourceId: 'text?',
  /** The preset that the request was made with. */
  presetId: 'text?',
  /** The router model that chose the model. Null where the client named a model, and in records of earlier versions. */
  router: 'text?',
} as const satisfies RecordFields

export interface AttemptRecord extends RecordOf<typeof attemptFields> {}

export interface FeeRecord extends RecordOf<typeof feeFields> {}

export interface GenerationRecord extends RecordOf<typeof generationFields> {
  readonly attempts: readonly AttemptRecord[]
  readonly fees: readonly FeeRecord[]
}
