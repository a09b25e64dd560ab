/** Terms that a text must not have, and the category that they belong to. The syntax of a term is in docs/plugins.md. */
export interface ModerationRule {
  readonly category: string
  readonly terms: readonly string[]
}

/** What is flagged: the category, and which of the texts it is. */
export interface Flag {
  readonly category: string
  readonly index: number
}

/** A service that judges texts. */
export interface ModerationEndpoint {
  /**
   * Returns what it flags, as far as the operator blocks it.
   * @throws EngineFailure; the signal's reason when that aborted.
   */
  judge(
    texts: readonly string[],
    limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<readonly Flag[]>
}

/** How this gateway moderates. */
export interface Moderation {
  /** Whether the rules of the plugin itself apply. */
  readonly builtInRules: boolean
  /** The operator's own rules. */
  readonly rules: readonly ModerationRule[]
  /** Null where none is configured. */
  readonly endpoint: ModerationEndpoint | null
  /** What happens to a request when the moderation endpoint fails. */
  readonly onError: 'allow' | 'block'
}
