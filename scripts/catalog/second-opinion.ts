import type { GenaiMatch, GenaiPrices, GenaiPricesProvider } from './sources.ts'

/** Waygate's slugs of the providers that genai-prices lists, and its ids. */
const names: Readonly<Record<string, string>> = {
  cerebras: 'cerebras',
  deepseek: 'deepseek',
  fireworks: 'fireworks',
  groq: 'groq',
  minimax: 'minimax',
  mistral: 'mistral',
  moonshotai: 'moonshotai',
  novita: 'novita',
  openai: 'openai',
  ovhcloud: 'ovhcloud',
  perplexity: 'perplexity',
  together: 'together',
  xai: 'x-ai',
}

export interface SecondOpinion {
  readonly prompt: number
  readonly completion: number
  readonly inputCacheRead?: number
}

/** Returns the prices of the same endpoint in genai-prices; null when it has none, or only some for a time of day. */
export function secondOpinion(all: readonly GenaiPricesProvider[], provider: string, id: string): SecondOpinion | null {
  const model = all
    .find((each) => each.id === names[provider])
    ?.models.find(({ match }) => matches(match, id.split('/').at(-1)?.toLowerCase() ?? id) || matches(match, id))
  if (model === undefined) return null
  const prices = current(model.prices)
  if (prices?.input_mtok === undefined || prices.output_mtok === undefined) return null
  const cached = prices.cache_read_mtok
  return {
    prompt: base(prices.input_mtok),
    completion: base(prices.output_mtok),
    inputCacheRead: cached === undefined ? undefined : base(cached),
  }
}

const base = (price: number | { readonly base: number }): number => (typeof price === 'number' ? price : price.base)

/** Returns the newest prices that apply all day. Those with a time of day are discounts. */
function current(prices: GenaiPricesProvider['models'][number]['prices']): GenaiPrices | undefined {
  return [prices]
    .flat()
    .map((each) => ('prices' in each ? each : { prices: each, constraint: undefined }))
    .filter(({ constraint }) => constraint?.start_time === undefined)
    .toSorted((a, b) => (a.constraint?.start_date ?? '').localeCompare(b.constraint?.start_date ?? ''))
    .at(-1)?.prices
}

function matches(match: GenaiMatch, id: string): boolean {
  if ('equals' in match) return id === match.equals
  if ('starts_with' in match) return id.startsWith(match.starts_with)
  if ('ends_with' in match) return id.endsWith(match.ends_with)
  if ('contains' in match) return id.includes(match.contains)
  if ('regex' in match) return new RegExp(match.regex).test(id)
  if ('or' in match) return match.or.some((each) => matches(each, id))
  return match.and.every((each) => matches(each, id))
}
