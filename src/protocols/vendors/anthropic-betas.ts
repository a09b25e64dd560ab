import type { RequestContext } from '../../canonical/generation-request.ts'
import type { ClaudeTraits } from './claude-model.ts'

/** The beta with which `strict` of a tool is passed on to Anthropic (contract §1.4). */
export const structuredOutputsBeta = 'structured-outputs-2025-11-13'

const webSearch = 'web-search-2025-03-05'

const interleavedThinking = 'interleaved-thinking-2025-05-14'

/**
 * Returns the betas to ask for where another company hosts Claude. These hosts refuse a name that they do not know, and they refuse
 * interleaved thinking for any model outside the generations that have it.
 * Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking#interleaved-thinking
 * Unlike Anthropic itself, they require the beta of web search by name.
 */
export const hostedBetas = (
  { anthropicBetas = [] }: RequestContext,
  traits: ClaudeTraits | null,
  searches = false,
): readonly string[] => [
  ...(traits?.interleaves === true ? anthropicBetas.filter((beta) => beta === interleavedThinking) : []),
  ...(searches ? [webSearch] : []),
]
