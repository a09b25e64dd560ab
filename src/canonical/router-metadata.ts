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
  /** All but the last three are OpenRouter’s (contract §3.5). */
  readonly type:
    | 'guardrail'
    | 'plugin'
    | 'server_tools'
    | 'response_healing'
    | 'context_compression'
    | 'stream_rescue'
    | 'raised_max_tokens'
    | 'schema_check'
  readonly name: string
  readonly summary?: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** What `openrouter_metadata` tells a client that opted in (contract §3.5). */
export interface RouterMetadata {
  /** The slug the client sent. */
  readonly requested: string
  readonly strategy: Strategy
  readonly region: string | null
  readonly summary: string
  /** 1-based index of the endpoint that answered; 0 when none was reached. */
  readonly attempt: number
  readonly isByok: boolean
  readonly endpoints: readonly { readonly provider: string; readonly model: string; readonly selected: boolean }[]
  readonly attempts: readonly { readonly provider: string; readonly model: string; readonly status: number }[]
  readonly pipeline: readonly PipelineStage[]
  /** What a router model was told, or chose by. */
  readonly parameters?: Readonly<Record<string, unknown>>
}
