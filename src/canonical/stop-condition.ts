/** A condition that ends the loop of server tools (contract §1.5). */
export type StopCondition =
  /** So many calls of server tools were run. */
  | { readonly type: 'step-count'; readonly steps: number }
  /** The model called the tool of this name, or of this registered type. */
  | { readonly type: 'tool-call'; readonly tool: string }
  /** So many tokens were used, prompts and completions together. */
  | { readonly type: 'tokens'; readonly tokens: number }
  /** The request has cost so much, in nano-USD. */
  | { readonly type: 'cost'; readonly cost: number }
  /** A turn ended for this reason, in OpenRouter's words or in those of the provider. */
  | { readonly type: 'finish-reason'; readonly reason: string }
