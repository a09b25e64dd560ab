import type { ReasoningFormat } from '../../canonical/reasoning.ts'
import type { Quirks } from '../protocol.ts'

/** Whose thoughts a server reads: it cannot decrypt what another has encrypted. */
export const reasoningFormat = (quirks: Quirks): ReasoningFormat => quirks.reasoningFormat ?? 'openai-responses-v1'
