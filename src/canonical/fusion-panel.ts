import type { ModelDirectory, OfferedModel } from './offered-model.ts'
import type { fusionPreset } from './settings/nested-model.ts'

export type FusionPreset = (typeof fusionPreset)[number]

/** The members of the panels, best first. A gateway asks those that it serves. */
const presets: Readonly<Record<FusionPreset, readonly string[]>> = {
  'general-high': [
    '~anthropic/claude-opus-latest',
    '~openai/gpt-latest',
    '~google/gemini-pro-latest',
    '~x-ai/grok-latest',
    '~deepseek/deepseek-latest',
  ],
  'general-budget': [
    '~google/gemini-flash-latest',
    '~openai/gpt-mini-latest',
    '~deepseek/deepseek-latest',
    '~anthropic/claude-haiku-latest',
    '~qwen/qwen-latest',
  ],
  'general-fast': [
    '~google/gemini-flash-latest',
    '~anthropic/claude-haiku-latest',
    '~openai/gpt-mini-latest',
    '~mistralai/mistral-small-latest',
  ],
}

const members = 3

/**
 * Returns the panel of a preset: its members that are served here; where fewer than two are, also the newest models of other authors. It is
 * empty only where no model that writes text is served.
 */
export function fusionPanel(preset: FusionPreset, models: ModelDirectory): readonly OfferedModel[] {
  const named = presets[preset].map((slug) => models.find(slug)).filter((model) => model !== null)
  if (named.length > 1) return named.slice(0, members)
  const newest = models
    .list()
    .filter(({ outputModalities }) => outputModalities.includes('text'))
    .toSorted((one, other) => other.created - one.created)
  const real = newest.filter(({ slug }) => !slug.startsWith('waygate/'))
  const byAuthor = new Map<string, OfferedModel>()
  for (const model of [...named, ...(real.length > 0 ? real : newest)]) {
    const author = model.slug.split('/', 1)[0] ?? ''
    if (!byAuthor.has(author)) byAuthor.set(author, model)
  }
  return [...byAuthor.values()].slice(0, members)
}
