import type { ReasoningFormat } from '../../canonical/reasoning.ts'
import type { ResponsesQuirks } from './quirks.ts'

export const openAiFormat: ReasoningFormat = 'openai-responses-v1'

/** Returns the format of the reasoning that a server can read: it cannot decrypt the reasoning of another vendor. */
export const reasoningFormat = (quirks: ResponsesQuirks): ReasoningFormat => quirks.reasoningFormat ?? openAiFormat
