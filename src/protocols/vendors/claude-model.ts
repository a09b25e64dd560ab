import { search } from '../../util/pattern.ts'

/** The levels of `output_config.effort`, from least to most. */
export type ClaudeEffort = 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** What a generation of Claude takes and refuses, whoever hosts it. */
export interface ClaudeTraits {
  /** How it is asked to think: with a budget of tokens, adaptively with an effort, in either way, or not at all. */
  readonly thinking: 'budget' | 'adaptive' | 'either' | 'none'
  /** The `thinking.type` that switches thinking off; null where nothing does. */
  readonly thinkingOff: 'disabled' | 'between_tools' | null
  /** Empty: `output_config.effort` is refused. */
  readonly efforts: readonly ClaudeEffort[]
  /** Temperature, top_p and top_k: freely, temperature or top_p but not both, or not at all. */
  readonly sampling: 'free' | 'either' | 'none'
  /** Whether a tool can be forced on it. */
  readonly forcedTools: boolean
  readonly structuredOutputs: boolean
  /** Whether a tool's arguments can be streamed as they are written, without waiting for valid JSON. */
  readonly eagerTools: boolean
  /** Whether it can be asked, by a beta, to think between its calls as well: those that think adaptively do so anyway. */
  readonly interleaves: boolean
}

/**
 * Ids in use: `claude-3-7-sonnet-20250219`, `claude-sonnet-4-20250514`, `claude-opus-4-5@20251101`, `anthropic/claude-opus-4.6`,
 * `us.anthropic.claude-opus-4-6-v1:0`.
 */
const id = /claude-(?:(\d)(?:[-.](\d))?-)?(fable|mythos|opus|sonnet|haiku)(?:-(\d{1,2})(?:[-.](\d{1,2})(?!\d))?)?(?!\d)/

/**
 * Returns what a model of Claude takes and refuses; null for a model that is not Claude. Learned from Anthropic's migration guides, read
 * 2026-11-20.
 */
export function claudeTraits(upstreamModel: string): ClaudeTraits | null {
  const match = search(id, upstreamModel)
  if (match === null) return null
  const [, oldMajor, oldMinor, family = '', major, minor] = match
  // A name without a number, such as `claude-mythos-preview`, is of the newest kind.
  const version = Number(oldMajor ?? major ?? 5) + Number(oldMinor ?? minor ?? 0) / 100
  return {
    thinking: version < 3.07 ? 'none' : version < 4.06 ? 'budget' : version < 4.07 ? 'either' : 'adaptive',
    thinkingOff: thinkingOff(family, version),
    efforts: effortsOf(family, version),
    sampling: version < 4 ? 'free' : version < 4.07 ? 'either' : 'none',
    forcedTools: version < 5.05 || (family !== 'opus' && family !== 'sonnet'),
    structuredOutputs: version >= 4.05,
    eagerTools: version >= 4.05,
    interleaves: version >= 4 && version < 4.07,
  }
}

function thinkingOff(family: string, version: number): ClaudeTraits['thinkingOff'] {
  if (family === 'fable' || family === 'mythos' || (family === 'opus' && version >= 5.05)) return null
  return family === 'sonnet' && version >= 5.05 ? 'between_tools' : 'disabled'
}

function effortsOf(family: string, version: number): ClaudeTraits['efforts'] {
  if (version >= 4.07) return ['low', 'medium', 'high', 'xhigh', 'max']
  if (version >= 4.06) return ['low', 'medium', 'high', 'max']
  return family === 'opus' && version >= 4.05 ? ['low', 'medium', 'high'] : []
}
