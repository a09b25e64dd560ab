/** What differs between providers in what chat-completions and completions share. Everything absent means the plain form. */
export interface OpenAiQuirks {
  /**
   * The field of the token limit. `either`: both are taken, and the client's own spelling goes on, unless the model refuses it.
   * Default `max_tokens`.
   */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens' | 'either'
  /**
   * How reasoning is asked for: OpenAI's `reasoning_effort`, OpenRouter's `reasoning` object, `thinking: {type}`
   * (Z.AI, Moonshot, DeepSeek), `enable_thinking` with `thinking_budget` (Alibaba, SiliconFlow), or not at all.
   */
  readonly reasoningField?: 'reasoning_effort' | 'reasoning' | 'thinking' | 'enable_thinking' | 'none'
  /**
   * Whether `stream_options: {include_usage: true}` is understood. `unless-refused`: nobody knows, so it is tried. Default true.
   */
  readonly streamUsage?: boolean | 'unless-refused'
  /** Whether the request's `metadata` is accepted. Default false. */
  readonly metadata?: boolean
  /** The field for the hashed end-user identity; absent: it is not sent. */
  readonly userField?: 'user' | 'safety_identifier' | 'user_id'
  /** Whether `service_tier` is understood, and `ultrafast` among its values. Default false. */
  readonly serviceTier?: boolean | 'ultrafast'
  /** The field of `usage` in which the provider reports what it charges for the call. Absent: it reports no amount. */
  readonly reportedCost?: 'cost' | 'cost_in_usd_ticks'
  /** Parameters that are always refused by this provider, whatever the model lists. */
  readonly dropParameters?: readonly string[]
  /** Parameters that this provider knows under another name. */
  readonly renameParameters?: Readonly<Record<string, string>>
}
