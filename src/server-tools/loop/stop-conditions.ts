import type { GenerationContext } from '../../canonical/generation-context.ts'
import type { ToolLoopLimits } from '../../canonical/generation-request.ts'
import type { StopCondition } from '../../canonical/stop-condition.ts'

/** The most calls of server tools of one request (contract §1.1, `max_tool_calls`). */
export const mostToolCalls = 30

/** What happened in the loop so far. */
export interface LoopProgress {
  /** The calls of server tools that were run. */
  readonly steps: number
  /** The names and registered types of the tools that the model called. */
  readonly called: ReadonlySet<string>
  /** The reasons for which turns ended, in OpenRouter's words and in those of the provider. */
  readonly finishes: ReadonlySet<string>
}

/** Tells whether the loop must end: the next turn is then the last, without tools. */
export function mustStop(limits: ToolLoopLimits, progress: LoopProgress, context: GenerationContext): boolean {
  // `stopWhen` replaces the number of calls; the most of all stays, so that no loop is endless.
  if (progress.steps >= mostToolCalls) return true
  if (limits.stopWhen !== undefined) return limits.stopWhen.some((condition) => isMet(condition, progress, context))
  return progress.steps >= (limits.maxCalls ?? mostToolCalls)
}

function isMet(condition: StopCondition, progress: LoopProgress, context: GenerationContext): boolean {
  switch (condition.type) {
    case 'step-count':
      return progress.steps >= condition.steps
    case 'tool-call':
      return progress.called.has(condition.tool)
    case 'tokens':
      return usedTokens(context) >= condition.tokens
    case 'cost':
      return context.spent() >= condition.cost
    case 'finish-reason':
      return progress.finishes.has(condition.reason)
  }
}

function usedTokens(context: GenerationContext): number {
  let tokens = 0
  for (const { turns } of context.family()) {
    for (const { usage } of turns) tokens += (usage.promptTokens ?? 0) + (usage.completionTokens ?? 0)
  }
  return tokens
}
