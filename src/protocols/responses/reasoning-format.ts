import type { ReasoningFormat } from '../../canonical/reasoning.ts'
import type { ResponsesQuirks } from './quirks.ts'

export const openAiFormat: ReasoningFormat = 'openai-responses-v1'

/** Whose thoughts a server reads: it cannot decrypt what another has encrypted. */
export const reasoningFormat = (quirks: ResponsesQuirks): ReasoningFormat => quirks.reasoningFormat ?? openAiFormat
