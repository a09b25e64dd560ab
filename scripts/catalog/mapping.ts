/**
 * Maps each provider's own ids to models, in OpenRouter's spelling. The mapping is reviewed by hand: first the rules, then the exceptions
 * from them. Two ids for the same weights must give the same slug, or routing cannot fall back.
 */
import { renamed } from './renamed.ts'

/**
 * The provider ids of models.dev, and Waygate's. Left out are plans with a flat fee, which have no price per token, and Nvidia, whose API
 * is a free trial and whose prices there are zero or the makers' own.
 */
export const hosts: Readonly<Record<string, string>> = {
  alibaba: 'alibaba',
  'amazon-bedrock': 'amazon-bedrock',
  anthropic: 'anthropic',
  azure: 'azure',
  baseten: 'baseten',
  cerebras: 'cerebras',
  chutes: 'chutes',
  'cloudflare-workers-ai': 'cloudflare',
  cohere: 'cohere',
  deepinfra: 'deepinfra',
  deepseek: 'deepseek',
  'fireworks-ai': 'fireworks',
  friendli: 'friendli',
  gmicloud: 'gmicloud',
  google: 'google-ai-studio',
  'google-vertex': 'google-vertex',
  groq: 'groq',
  huggingface: 'huggingface',
  inference: 'inference-net',
  minimax: 'minimax',
  mistral: 'mistral',
  moonshotai: 'moonshotai',
  nebius: 'nebius',
  'novita-ai': 'novita',
  openai: 'openai',
  ovhcloud: 'ovhcloud',
  perplexity: 'perplexity',
  scaleway: 'scaleway',
  siliconflow: 'siliconflow',
  stepfun: 'stepfun',
  togetherai: 'together',
  venice: 'venice',
  wandb: 'wandb',
  xai: 'xai',
  xiaomi: 'xiaomi',
  zai: 'z-ai',
}

/** Other spellings of authors. */
const authors: Readonly<Record<string, string>> = {
  alibaba: 'qwen',
  'deepseek-ai': 'deepseek',
  liquidai: 'liquid',
  meta: 'meta-llama',
  minimaxai: 'minimax',
  mistral: 'mistralai',
  moonshot: 'moonshotai',
  'stepfun-ai': 'stepfun',
  xai: 'x-ai',
  xiaomimimo: 'xiaomi',
  zai: 'z-ai',
  'zai-org': 'z-ai',
  zhipuai: 'z-ai',
}

/** The author of a model whose id names none, by its first letters. */
const authorsByName: readonly (readonly [RegExp, string])[] = [
  [/^(gpt|o\d|chatgpt|text-embedding)/, 'openai'],
  [/^(llama|meta-llama)/, 'meta-llama'],
  [/^(qwen|qwq|qvq)/, 'qwen'],
  [/^(mistral|ministral|devstral|magistral|pixtral|codestral|voxtral|mixtral)/, 'mistralai'],
  [/^deepseek/, 'deepseek'],
  [/^kimi/, 'moonshotai'],
  [/^glm/, 'z-ai'],
  [/^minimax/, 'minimax'],
  [/^gem(ma|ini)/, 'google'],
  [/^claude/, 'anthropic'],
  [/^grok/, 'x-ai'],
  [/^mimo/, 'xiaomi'],
  [/^step-/, 'stepfun'],
  [/^sonar/, 'perplexity'],
  [/^(nemotron|nvidia)/, 'nvidia'],
  [/^(command|north)/, 'cohere'],
  [/^phi/, 'microsoft'],
  [/^codex/, 'openai'],
]

/** Exceptions that no rule can express, as `provider:id`. */
const exceptions: Readonly<Record<string, Placement>> = {
  'amazon-bedrock:deepseek.r1-v1:0': { slug: 'deepseek/deepseek-r1' },
  'amazon-bedrock:deepseek.v3-v1:0': { slug: 'deepseek/deepseek-chat-v3.1' },
  'amazon-bedrock:deepseek.v3.2': { slug: 'deepseek/deepseek-v3.2' },
  'venice:aion-labs-aion-2-0': { slug: 'aion-labs/aion-2.0' },
  'venice:arcee-trinity-large-thinking': { slug: 'arcee-ai/trinity-large-thinking' },
  'venice:claude-opus-4-7-fast': { slug: 'anthropic/claude-opus-4.7-fast' },
  'venice:claude-opus-4-8-fast': { slug: 'anthropic/claude-opus-4.8-fast' },
  'venice:google-gemma-3-27b-it': { slug: 'google/gemma-3-27b-it' },
  'venice:hermes-3-llama-3.1-405b': { slug: 'nousresearch/hermes-3-llama-3.1-405b' },
  'venice:mercury-2': { slug: 'inception/mercury-2' },
  'venice:minimax-m3-preview': { slug: 'minimax/minimax-m3' },
  'venice:openai-gpt-4o-mini-2024-07-18': { slug: 'openai/gpt-4o-mini-2024-07-18' },
  'venice:venice-uncensored-1-2': { slug: 'venice/venice-uncensored-1.2' },
  'venice:venice-uncensored-role-play': { slug: 'venice/venice-uncensored-role-play' },
  'venice:qwen3-vl-235b-a22b': { slug: 'qwen/qwen3-vl-235b-a22b-instruct' },
  'chutes:unsloth/Mistral-Nemo-Instruct-2407-TEE': { slug: 'mistralai/mistral-nemo' },
  'moonshotai:kimi-k2-turbo-preview': { slug: 'moonshotai/kimi-k2-0905', variant: 'turbo' },
  'together:pearl-ai/gemma-4-31b-it': { slug: 'google/gemma-4-31b-it', variant: 'pearl' },
}

/** The reason why an id is left out of the catalogue. An operator can still name it in the configuration. */
const omitted: readonly (readonly [RegExp, string])[] = [
  [
    /embed|\bbge\b|bge-|rerank|-ocr|paddleocr|whisper|-asr|-tts|orpheus|realtime|livetranslate|flux|image|video/,
    'not a chat model',
  ],
  [
    /prompt-guard|qwen3guard|safety|osmosis|autoglm|qwen-mt|character/,
    'made for one task with an input format of its own',
  ],
  [/^(openai|azure):.*deep-research/, 'needs a tool of OpenAI’s own'],
  // Of the inference profiles by region, the global one is offered, or else that of the United States. The others can be configured.
  [/^amazon-bedrock:(eu|au|jp|apac)\./, 'an inference profile of one region'],
  [
    /^amazon-bedrock:us\.(anthropic\.claude-(fable-5|haiku-4-5|opus-4-[5-9]|sonnet)|deepseek|meta)/,
    'an inference profile of one region',
  ],
  [/^amazon-bedrock:anthropic\.(claude-(haiku-4-5|opus-4|sonnet-))/, 'only to be had through an inference profile'],
  [/^amazon-bedrock:openai\.gpt-(5|oss-[a-z]*-?\d+b$)/, 'served by another address of Bedrock'],
  [/^google-vertex:.*-maas$/, 'served by another address of Vertex'],
  [/^google(-ai-studio|-vertex):gemini-(flash|flash-lite)-latest$/, 'an alias of a dated id'],
  [/^anthropic:claude-(haiku-4-5|opus-4-[1-5]|sonnet-4-5)-\d{8}$/, 'an alias of the id without a date'],
  [/^anthropic:claude-(opus|sonnet)-4-\d{8}$/, 'an alias of the id with -0'],
  [
    /^azure:(model-router|gpt-3\.5-turbo-instruct|claude|cohere|grok|llama|meta-llama|mi[ns]istral|mistral|codestral|phi)/,
    'served by deployments of other addresses',
  ],
  [/^xai:.*multi-agent/, 'served by the Responses API only'],
  [
    /^venice:(openai-gpt-.*-(pro|codex)|openai-gpt-5[234]-codex|grok-.*multi-agent)/,
    'served by the Responses API only',
  ],
  [/^mistral:(mistral|devstral)(-\w+)*-latest$/, 'an alias of a dated id'],
  // These ids follow the newest model, today V4 Flash in its two modes, which is another model than their name suggests.
  [/^deepseek:deepseek-(chat|reasoner)$/, 'an alias of deepseek-v4-flash'],
  [/^alibaba:qwen3-vl-(235b|30b)-a\d+b$/, 'not an id of the API, which distinguishes instruct and thinking'],
  [/^venice:(olafangensan|gemma-4-uncensored)/, 'an unnamed author’s variant'],
  [/^inference-net:google\/gemma-3$/, 'does not say which size'],
]

/** The endpoints that are really free. Elsewhere in the sources 0 means that the price was not known. */
export const trulyFree: ReadonlySet<string> = new Set(['z-ai:glm-4.5-flash', 'z-ai:glm-4.7-flash'])

/**
 * The endpoints where the sources differ and genai-prices is right. Elsewhere genai-prices combines models by the first letters of their
 * names, or is older than models.dev for that provider.
 */
export const pricedByGenai: ReadonlySet<string> = new Set(['moonshotai:kimi-k2-turbo-preview'])

/** USD per request at the smallest search context, which is the default. */
export const requestFees: Readonly<Record<string, number>> = {
  'perplexity:sonar': 0.005,
  'perplexity:sonar-pro': 0.006,
  'perplexity:sonar-reasoning-pro': 0.006,
}

/** USD per search that the model makes by itself: https://docs.perplexity.ai/getting-started/pricing. */
export const searchFees: Readonly<Record<string, number>> = { 'perplexity:sonar-deep-research': 0.005 }

/** The families of `~author/family-latest` (contract §6.1). */
const families: readonly (readonly [RegExp, string])[] = [
  [/^openai\/gpt-\d(\.\d)?$/, 'gpt'],
  [/^openai\/gpt-\d(\.\d)?-mini$/, 'gpt-mini'],
  [/^openai\/gpt-\d(\.\d)?-nano$/, 'gpt-nano'],
  [/^anthropic\/claude-(opus|sonnet|haiku|fable)-[\d.]+$/, 'claude-$1'],
  [/^google\/gemini-[\d.]+-(flash|pro)(-preview)?$/, 'gemini-$1'],
  [/^moonshotai\/kimi-k[\d.]+$/, 'kimi'],
  [/^x-ai\/grok-[\d.]+$/, 'grok'],
  [/^z-ai\/glm-[\d.]+$/, 'glm'],
  [/^minimax\/minimax-m[\d.]+$/, 'minimax'],
  [/^deepseek\/deepseek-v[\d.]+(-pro)?$/, 'deepseek'],
  [/^qwen\/qwen[\d.]+-max$/, 'qwen-max'],
  [/^qwen\/qwen[\d.]+-plus$/, 'qwen-plus'],
  [/^mistralai\/mistral-(large|medium|small)-\d.*$/, 'mistral-$1'],
]

export function familyOf(slug: string): string | undefined {
  for (const [pattern, family] of families) if (pattern.test(slug)) return slug.replace(pattern, family)
  return undefined
}

/** Models whose reasoning cannot be turned off, although the sources do not state it: it follows from the weights. */
export const alwaysThinks = /thinking|deepseek-r1|qwq|qvq|magistral|minimax-m[12]|gpt-oss|reasoning|\/o\d|openai\/gpt-5/

export interface Placement {
  readonly slug: string
  /** A usual name of the model, where that is not the slug. */
  readonly alias?: string
  /** The suffix of the endpoint's tag, for a provider's second offer of one model. */
  readonly variant?: string
  readonly quantization?: string
}

export const omission = (provider: string, id: string): string | undefined =>
  omitted.find(([pattern]) => pattern.test(`${provider}:${id}`.toLowerCase()))?.[1]

/** Names that end like a variant but belong to separate models. */
const ownNames =
  /^(gemini-.*-lite|glm-\dv?-turbo|qwen-(omni-)?turbo|gpt-3\.5-turbo|gpt-4-turbo|claude-.*-fast|.*r1-turbo-.*)$/
const suffix = /-(fp8|fp4|nvfp4|bf16|tee|tput|lite|turbo|fast|highspeed)$/

/**
 * @param baseModel The base model according to models.dev. It is right where the id has less information; otherwise the id is more exact.
 */
export function placementOf(provider: string, id: string, baseModel: string | undefined): Placement {
  const exception = exceptions[`${provider}:${id}`]
  if (exception !== undefined) return exception
  const written = provider === 'venice' && baseModel !== undefined ? baseModel : plainId(provider, id)
  const path = written
    .toLowerCase()
    .replace(/^(@cf\/|accounts\/fireworks\/(models|routers)\/)/, '')
    .split('/')
  const placement = withoutSuffixes(path.at(-1) ?? '')
  const name = versionWithDots(placement.slug)
  const author = path.length > 1 ? path.at(-2) : authorsByName.find(([pattern]) => pattern.test(name))?.[1]
  const slug = `${authors[author ?? ''] ?? author}/${name}`
  const known = renamed[name]
  return known === undefined || known === slug ? { ...placement, slug } : { ...placement, slug: known, alias: slug }
}

/** Removes what only one cloud adds to ids such as `global.anthropic.claude-haiku-4-5-20251001-v1:0` and `claude-opus-4-8@default`. */
function plainId(provider: string, id: string): string {
  if (provider === 'amazon-bedrock') {
    const [, author = '', name = ''] = /^(?:(?:us|global)\.)?([a-z]+)\.(.+)$/.exec(id) ?? []
    return `${author}/${name
      .replace(/-v?\d+:0$/, author === 'amazon' ? '-v1' : '')
      .replace(/-v1$/, author === 'amazon' ? '-v1' : '')
      .replace(/-20\d{6}$/, '')}`
  }
  if (provider === 'google-vertex') return id.replace(/@.*$/, '')
  return provider === 'anthropic' ? id.replace(/-0$/, '').replace(/-20\d{6}$/, '') : id
}

function withoutSuffixes(name: string): Placement {
  const [, found] = suffix.exec(name) ?? []
  if (found === undefined || ownNames.test(name)) return { slug: name }
  const rest = withoutSuffixes(name.slice(0, -found.length - 1))
  if (/^(fp|nvfp|bf)\d/.test(found)) return { ...rest, quantization: found === 'nvfp4' ? 'fp4' : found }
  return found === 'tee' || found === 'tput' ? rest : { ...rest, variant: found }
}

/** Some providers cannot use dots in ids and write `3_3` or `5p1`; Anthropic writes `4-5`. */
const versionWithDots = (name: string): string =>
  name
    .replaceAll(/(?<=\d)[_p](?=\d)/g, '.')
    .replace(/^(qwen\d)-(\d)-/, '$1.$2-')
    .replace(/^(deepseek-v\d)-(\d)$/, '$1.$2')
    .replace(/^(claude-[a-z]+-\d)-(\d)$/, '$1.$2')
