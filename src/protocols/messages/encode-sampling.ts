import type { Parameters } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ClaudeTraits } from '../vendors/claude-model.ts'

/** Encodes temperature, top_p and top_k, as far as the model takes them. With thinking only a top_p of at least 0.95 is allowed. */
export function encodeSampling(
  { temperature, topP, topK }: Parameters,
  traits: ClaudeTraits,
  thinks: boolean,
): JsonObject {
  if (traits.sampling === 'none') return {}
  const heat = thinks ? undefined : temperature
  const isNarrow = thinks && topP !== undefined && topP < 0.95
  const isSecond = heat !== undefined && traits.sampling === 'either'
  return {
    // OpenAI's temperatures go up to 2, Anthropic's up to 1 (contract Appendix A).
    ...(heat !== undefined && { temperature: Math.min(heat, 1) }),
    ...(topP !== undefined && !isNarrow && !isSecond && { top_p: topP }),
    ...(topK !== undefined && topK > 0 && !thinks && { top_k: topK }),
  }
}
