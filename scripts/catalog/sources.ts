import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The parts of models.dev's format (https://models.dev) that the catalogue uses. Prices are USD per million tokens. */
export interface ModelsDev {
  readonly source: string
  readonly providers: Readonly<Record<string, { readonly models: Readonly<Record<string, ModelsDevModel>> }>>
  /** By `author/model`, as its maker describes it. */
  readonly models: Readonly<Record<string, ModelsDevModel>>
}

export interface ModelsDevModel {
  readonly name: string
  readonly release_date: string
  readonly reasoning: boolean
  readonly reasoning_options?: readonly ReasoningOption[]
  readonly temperature?: boolean
  readonly tool_call: boolean
  readonly structured_output?: boolean
  readonly knowledge?: string
  readonly open_weights: boolean
  readonly status?: string
  readonly base_model?: string
  readonly cost?: ModelsDevCost & {
    readonly tiers?: readonly (ModelsDevCost & { readonly tier: { readonly size: number } })[]
  }
  readonly limit: { readonly context: number; readonly output: number }
  readonly modalities: { readonly input: readonly string[]; readonly output: readonly string[] }
  readonly experimental?: { readonly modes?: Readonly<Record<string, ModelsDevMode>> }
}

export type ReasoningOption =
  | { readonly type: 'toggle' }
  | { readonly type: 'effort'; readonly values: readonly string[] }
  | { readonly type: 'budget_tokens' }

export interface ModelsDevCost {
  readonly input?: number
  readonly output?: number
  readonly cache_read?: number
  readonly cached_input?: number
  readonly cache_input?: number
  readonly cache_write?: number
  readonly cached_write?: number
  readonly input_audio?: number
  readonly output_audio?: number
  readonly reasoning?: number
}

interface ModelsDevMode {
  readonly cost?: ModelsDevCost
  readonly provider?: { readonly body?: Readonly<Record<string, unknown>> }
}

/** The parts of genai-prices' format (https://github.com/pydantic/genai-prices) that serve as a second opinion. */
export interface GenaiPricesProvider {
  readonly id: string
  readonly models: readonly { readonly match: GenaiMatch; readonly prices: GenaiPrices | readonly GenaiDatedPrices[] }[]
}

export type GenaiMatch =
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string }
  | { readonly or: readonly GenaiMatch[] }
  | { readonly and: readonly GenaiMatch[] }

type GenaiPrice = number | { readonly base: number }

export interface GenaiPrices {
  readonly input_mtok?: GenaiPrice
  readonly output_mtok?: GenaiPrice
  readonly cache_read_mtok?: GenaiPrice
}

interface GenaiDatedPrices {
  readonly constraint?: { readonly start_date?: string; readonly start_time?: string }
  readonly prices: GenaiPrices
}

/** The file itself does not contain its date. */
export const genaiPricesDay = '2026-08-21'

export function readSources(directory: string): {
  readonly modelsDev: ModelsDev
  readonly genaiPrices: readonly GenaiPricesProvider[]
} {
  return {
    modelsDev: JSON.parse(readFileSync(join(directory, 'models-dev.json'), 'utf8')),
    genaiPrices: JSON.parse(readFileSync(join(directory, 'genai-prices.json'), 'utf8')),
  }
}
