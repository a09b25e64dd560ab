/** One call to one endpoint, failed or not. */
export interface AttemptRecord {
  readonly generationId: string
  /** Order of the calls, from 0. */
  readonly sequence: number
  readonly endpoint: string
  readonly provider: string
  readonly providerName: string
  readonly model: string
  /** HTTP status, or the one the failure was mapped to. 0 when the client left, or another call answered first. */
  readonly status: number
  /** Milliseconds. */
  readonly latency: number
  readonly errorKind: string | null
  readonly upstreamId: string | null
  /** Service tier of the endpoint. */
  readonly tier: string
  /** `first`, `retry`, `hedge` or `rescue`. */
  readonly kind: string
  /** What the provider is owed for it, in nano-USD. The generation's own cost is what the client is charged. */
  readonly cost: number
  /** Whether the provider may bill more than `cost` for it: it was given up, and is not known to stop. That is the operator's loss. */
  readonly mayBillMore: boolean
  /** 0 for a call that answers the client; 1 for one that a tool of that answer made, and so on. */
  readonly depth: number
  /** The tool that made it; null where none did. */
  readonly tool: string | null
}

/** A generation as it is recorded. Amounts in nano-USD, times in Unix milliseconds, durations in milliseconds. */
export interface GenerationRecord {
  readonly id: string
  readonly requestId: string
  readonly upstreamId: string | null
  readonly account: string
  readonly keyHash: string
  readonly createdAt: number
  readonly operation: string
  /** The slug the client sent, and the one that served. */
  readonly requestedModel: string
  readonly model: string
  readonly provider: string | null
  readonly providerName: string | null
  readonly endpoint: string | null
  readonly streamed: boolean
  readonly cancelled: boolean
  /** HTTP status of the reply. */
  readonly status: number
  readonly errorKind: string | null
  readonly finishReason: string | null
  readonly nativeFinishReason: string | null
  readonly serviceTier: string | null
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  readonly reasoningTokens: number | null
  readonly cachedTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly imageTokens: number | null
  readonly cost: number
  readonly promptCost: number
  readonly completionCost: number
  readonly otherCost: number
  readonly costProvenance: string
  readonly isByok: boolean
  /** From arrival to the first content event, and to the end. */
  readonly latency: number | null
  readonly generationTime: number
  readonly sessionId: string | null
  readonly externalUser: string | null
  readonly userAgent: string | null
  readonly httpReferer: string | null
  /** JSON text. */
  readonly metadata: string | null
  readonly trace: string | null
  readonly attempts: readonly AttemptRecord[]
}
