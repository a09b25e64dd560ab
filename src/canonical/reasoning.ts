/** The vendor format of a piece of reasoning. It must not be sent to another vendor (contract §2.5). */
export type ReasoningFormat = string

interface Common {
  readonly id?: string | null
  readonly format?: ReasoningFormat | null
  readonly index?: number
}

/** One entry of `reasoning_details` (contract §3.3a). */
export type ReasoningDetail =
  | (Common & { readonly type: 'text'; readonly text?: string | null; readonly signature?: string | null })
  | (Common & { readonly type: 'summary'; readonly summary: string })
  | (Common & { readonly type: 'encrypted'; readonly data: string })
  | (Common & {
      readonly type: 'server-tool-call'
      readonly toolName: string
      readonly arguments: string
      readonly result: string
      readonly toolCallId?: string
    })

/** A run of a server tool, as the events of an answer describe it. */
interface ServerToolRun {
  readonly id: string
  /** The registered type. */
  readonly tool: string
  readonly arguments: string
  readonly turn: number
  readonly beside?: string
}

/**
 * Makes the entry for a server tool that the gateway ran. `index` is the number of the turn, and `id` names a call of the client's functions
 * that the same turn made: with these, the next request continues exactly where this one was.
 */
export const serverToolDetail = (run: ServerToolRun, result: string): ReasoningDetail => ({
  type: 'server-tool-call',
  id: run.beside ?? null,
  index: run.turn,
  toolName: run.tool,
  arguments: run.arguments,
  result,
  toolCallId: run.id,
})

/** How much the model should reason, from most to nothing (contract §1.6). */
export type ReasoningEffort = 'max' | 'xhigh' | 'high' | 'medium' | 'low' | 'minimal' | 'none'

/** What the client asks of reasoning. At most one of `effort` and `maxTokens` is set. */
export interface ReasoningRequest {
  readonly effort?: ReasoningEffort
  /** The budget in tokens. */
  readonly maxTokens?: number
  readonly summary?: 'auto' | 'concise' | 'detailed'
  readonly enabled?: boolean
  /** Whether to leave the reasoning out of the reply. It is billed all the same. */
  readonly exclude?: boolean
  readonly context?: 'auto' | 'all_turns' | 'current_turn'
  readonly mode?: 'standard' | 'pro'
}

/** Tells whether the client asks for no reasoning at all. */
export const refusesReasoning = ({ effort, enabled, maxTokens }: ReasoningRequest): boolean =>
  effort === 'none' || (effort === undefined && (enabled === false || maxTokens === 0))
