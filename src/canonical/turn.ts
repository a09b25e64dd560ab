import type { GenerationContext } from './generation-context.ts'
import type { GenerationStream, TurnStream } from './generation-event.ts'
import type { GenerationRequest } from './generation-request.ts'

/** One turn of a conversation: asks one model once. Never throws; ends with exactly one `turn-end` or `error`. */
export type Turn = (request: GenerationRequest, context: GenerationContext) => TurnStream

/**
 * The path of a request, from what the client asked to what it gets. Never throws; ends with exactly one `end` or `error`. A tool that
 * asks a model calls it with `context.child()`.
 */
export type Generate = (request: GenerationRequest, context: GenerationContext) => GenerationStream
