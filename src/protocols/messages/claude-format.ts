import type { ReasoningFormat } from '../../canonical/reasoning.ts'

/** Signed thoughts are read back by every host of Claude, whichever of them wrote them. */
export const claudeFormat: ReasoningFormat = 'anthropic-claude-v1'
