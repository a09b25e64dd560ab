import type { RequestContext } from '../../canonical/generation-request.ts'
import type { ClaudeTraits } from './claude-model.ts'

/** With it `strict` of a tool is passed on to Anthropic (contract §1.4). */
export const structuredOutputsBeta = 'structured-outputs-2025-11-13'

const webSearch = 'web-search-2025-03-05'

const interleavedThinking = 'interleaved-thinking-2025-05-14'

/**
 * The features that are asked for where another company hosts Claude: these hosts refuse a name that they do not know, and interleaved
 * thinking of any model but those of its generation.
 * Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking#interleaved-thinking
 * A search is asked for by name there, unlike at Anthropic itself.
 */
export const hostedBetas = (
  { anthropicBetas = [] }: RequestContext,
  traits: ClaudeTraits | null,
  searches = false,
): readonly string[] => [
  ...(traits?.interleaves === true ? anthropicBetas.filter((beta) => beta === interleavedThinking) : []),
  ...(searches ? [webSearch] : []),
]
