/** How the model was chosen (contract §3.5). */
export type Strategy =
  | 'direct'
  | 'auto'
  | 'free'
  | 'latest'
  | 'alias'
  | 'fallback'
  | 'pareto'
  | 'bodybuilder'
  | 'fusion'

export interface PipelineStage {
  /** All but the last four are OpenRouter’s (contract §3.5). */
  readonly type:
    | 'guardrail'
    | 'plugin'
    | 'server_tools'
    | 'response_healing'
    | 'context_compression'
    | 'stream_rescue'
    | 'raised_max_tokens'
    | 'affordable_max_tokens'
    | 'schema_check'
  readonly name: string
  readonly summary?: string
  /** The fee, in nano-USD. */
  readonly cost?: number
  readonly data?: Readonly<Record<string, unknown>>
}

/** The content of `openrouter_metadata`, for a client that opted in (contract §3.5). */
export interface RouterMetadata {
  /** The slug that the client sent. */
  readonly requested: string
  readonly strategy: Strategy
  readonly region: string | null
  readonly summary: string
  /** The index of the endpoint that answered, from 1; 0 when none was called. */
  readonly attempt: number
  readonly isByok: boolean
  readonly endpoints: readonly { readonly provider: string; readonly model: string; readonly selected: boolean }[]
  readonly attempts: readonly { readonly provider: string; readonly model: string; readonly status: number }[]
  readonly pipeline: readonly PipelineStage[]
  /** Milliseconds from the dispatch of the call that answered last to the end of its answer; absent where none was dispatched. */
  readonly generationTime?: number
  /** The parameters by which a router model chose. */
  readonly parameters?: Readonly<Record<string, unknown>>
}
