import type { ReasoningFormat } from '../../canonical/reasoning.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { type ClaudeTraits, claudeTraits } from '../vendors/claude-model.ts'
import { search } from '../../util/pattern.ts'

/** The properties of a model that depend on its vendor: Converse is one protocol, but some parameters differ between vendors. */
export interface ModelFamily {
  readonly maker: 'anthropic' | 'amazon' | 'openai' | 'xai' | 'cohere' | 'other'
  /** Null for a model that is not Claude. */
  readonly claude: ClaudeTraits | null
  /** Whether `cachePoint` is taken; other models refuse it. */
  readonly caches: boolean
  /** The vendor's name for its reasoning (contract §3.3a); `unknown` is never sent back. */
  readonly reasoningFormat: ReasoningFormat
  /** Whether `outputConfig.textFormat` is taken. */
  readonly structuredOutputs: boolean
}

/** Returns the family of a model. The upstream's id may be an ARN without the model's name: then the slug of the catalogue decides. */
export function modelFamily({ upstreamModel, model }: Endpoint): ModelFamily {
  const names = `${upstreamModel} ${model}`
  const claude = claudeTraits(upstreamModel) ?? claudeTraits(model)
  const maker =
    claude !== null ? 'anthropic' : (makers.find(([pattern]) => search(pattern, names) !== null)?.[1] ?? 'other')
  return {
    maker,
    claude,
    caches: maker === 'anthropic' || maker === 'amazon',
    reasoningFormat: formats[maker] ?? 'unknown',
    // The open models that do not take it cannot be forced to call a tool either.
    structuredOutputs: claude?.structuredOutputs ?? (maker !== 'amazon' && maker !== 'cohere'),
  }
}

const makers: readonly (readonly [RegExp, ModelFamily['maker']])[] = [
  [/\bnova-/, 'amazon'],
  [/\bopenai[./]/, 'openai'],
  [/\bx-?ai[./]/, 'xai'],
  [/\bcohere[./]/, 'cohere'],
]

const formats: Readonly<Partial<Record<ModelFamily['maker'], ReasoningFormat>>> = {
  anthropic: 'anthropic-claude-v1',
  openai: 'bedrock-openai-responses-v1',
  xai: 'bedrock-xai-responses-v1',
}
