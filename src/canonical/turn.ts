import type { GenerationContext } from './generation-context.ts'
import type { GenerationStream, TurnStream } from './generation-event.ts'
import type { GenerationRequest } from './generation-request.ts'
import type { Caller } from './principal.ts'

/** One turn: one question to one model. The stream never throws, and ends with exactly one `turn-end` or `error`. */
export type Turn = (request: GenerationRequest, context: GenerationContext) => TurnStream

/**
 * The path of a request, from the decoded request to the events of the reply. The stream never throws, and ends with exactly one `end` or
 * `error`. A tool that calls a model passes `context.child(tool)`.
 */
export type Generate = (request: GenerationRequest, context: GenerationContext) => GenerationStream

/** The length of a prompt in tokens, and whether a provider counted it. */
export interface PromptCount {
  readonly tokens: number
  readonly source: 'provider' | 'estimate'
  /** The slug of the model that would answer. */
  readonly model: string
}

/**
 * Tells the length of a prompt, as the endpoint that would be called counts it, or else as it is estimated.
 * @throws GatewayError where no endpoint can be called.
 */
export type CountPrompt = (request: GenerationRequest, caller: Caller, signal: AbortSignal) => Promise<PromptCount>
