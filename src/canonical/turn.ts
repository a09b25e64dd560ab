import type { GenerationContext } from './generation-context.ts'
import type { GenerationStream, TurnStream } from './generation-event.ts'
import type { GenerationRequest } from './generation-request.ts'

/** One turn: one question to one model. The stream never throws, and ends with exactly one `turn-end` or `error`. */
export type Turn = (request: GenerationRequest, context: GenerationContext) => TurnStream

/**
 * The path of a request, from the decoded request to the events of the reply. The stream never throws, and ends with exactly one `end` or
 * `error`. A tool that calls a model passes `context.child(tool)`.
 */
export type Generate = (request: GenerationRequest, context: GenerationContext) => GenerationStream
