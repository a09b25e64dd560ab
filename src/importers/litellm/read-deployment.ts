import { ownServers, providersByPrefix, splitModel } from './litellm-providers.ts'
import type { LiteLlmSource } from './litellm-source.ts'
import { trimEnd } from '../../util/trim-end.ts'
import { reasonOf } from './reasons.ts'

/** One entry of `model_list`: a model at a provider. */
export interface Deployment {
  /** The name that clients request. */
  readonly name: string
  readonly provider: {
    /** The built-in slug; null for a server of the operator’s own. */
    readonly slug: string | null
    readonly prefix: string
    readonly baseUrl: string | null
    readonly apiKey: string | null
    readonly variables: Readonly<Record<string, string>>
    readonly protocol?: 'completions'
  }
  readonly upstreamModel: string
  /** The model whose prices apply, where the upstream id is a name of the operator’s own. */
  readonly baseModel: string
  /** USD per million tokens; absent where the file has none. */
  readonly pricing: Readonly<Record<string, number>>
  /** What the model produces, where the file says more than that it is text. */
  readonly outputModalities: readonly string[] | null
  readonly contextLength: number | null
  readonly maxCompletionTokens: number | null
  /** LiteLLM tries a lower order first. */
  readonly order: number
}

/** The prices of LiteLLM, which are per token, and their names here, where they are per million. */
const prices: Readonly<Record<string, string>> = {
  input_cost_per_token: 'prompt',
  output_cost_per_token: 'completion',
  cache_read_input_token_cost: 'input_cache_read',
  cache_creation_input_token_cost: 'input_cache_write',
  output_cost_per_reasoning_token: 'internal_reasoning',
  input_cost_per_audio_token: 'audio',
  output_cost_per_audio_token: 'audio_output',
}

/** The settings that a provider reads from environment variables here. */
const variables: Readonly<Record<string, string>> = {
  aws_region_name: 'AWS_REGION',
  aws_access_key_id: 'AWS_ACCESS_KEY_ID',
  aws_secret_access_key: 'AWS_SECRET_ACCESS_KEY',
  aws_session_token: 'AWS_SESSION_TOKEN',
  vertex_project: 'GOOGLE_VERTEX_PROJECT',
  vertex_location: 'GOOGLE_VERTEX_LOCATION',
}

/** The modes of LiteLLM, and what a model with each produces. Of chats the catalogue knows more. */
const outputsOfMode: Readonly<Record<string, readonly string[] | null>> = {
  chat: null,
  completion: null,
  responses: null,
  embedding: ['embeddings'],
  rerank: ['rerank'],
  image_generation: ['image'],
  audio_speech: ['speech'],
  audio_transcription: ['transcription'],
}

/** Reads one entry of `model_list`. Returns null, with a remark, for one that cannot be taken over. */
export function readDeployment(source: LiteLlmSource, index: number): Deployment | null {
  const at = ['model_list', index] as const
  const parameters = [...at, 'litellm_params'] as const
  const name = source.take(...at, 'model_name')
  const model = source.take(...parameters, 'model')
  if (name === undefined || model === undefined)
    return leave(source, at, 'left out: it has no model_name or no litellm_params.model.')
  const mode = source.take(...at, 'model_info', 'mode')
  if (mode !== undefined && !Object.hasOwn(outputsOfMode, String(mode))) {
    const known = Object.keys(outputsOfMode).join(', ')
    return leave(source, at, `left out: its mode is ${String(mode)}, and only these are imported: ${known}.`)
  }
  if (String(name).includes('*') || String(model).includes('*')) {
    return leave(
      source,
      at,
      'left out: it stands for many models. With `discovery: true` every model of the catalogue is offered whose provider has its environment variable set.',
    )
  }
  const split = splitModel(String(model))
  if (split === null)
    return leave(
      source,
      at,
      `left out: the provider of ${String(model)} is not known here. Add it under providers with its base_url.`,
    )
  const { prefix, id } = split
  const credential = credentialOf(source, source.take(...parameters, 'litellm_credential_name'))
  const read = (key: string): string | null => {
    const value = source.take(...parameters, key) ?? (credential === null ? undefined : source.take(...credential, key))
    return value === undefined ? null : withVariables(String(value))
  }
  const given = read('api_base') ?? read('base_url')
  const base = given !== null && isVendors(given) ? null : given
  const slug = ownServers.has(prefix) && base !== null ? null : (providersByPrefix[prefix] ?? null)
  if (slug === null && base === null) return leave(source, at, `left out: ${String(model)} needs an api_base.`)
  if (prefix.startsWith('azure')) read('api_version')
  const apiKey = read('api_key') ?? read('vertex_credentials') ?? read('azure_ad_token')
  const info = [...at, 'model_info'] as const
  source.take(...info, 'id')
  const number = (key: string): number | null => {
    const value = source.take(...parameters, key) ?? source.take(...info, key)
    return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : null
  }
  const tokens = (key: string): number | null => {
    const value = source.take(...info, key)
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null
  }
  return {
    name: String(name),
    provider: {
      slug,
      prefix,
      baseUrl: base === null ? null : addressOf(prefix, base),
      apiKey,
      variables: present(Object.entries(variables).map(([key, variable]) => [variable, read(key)])),
      protocol: prefix === 'text-completion-openai' ? 'completions' : undefined,
    },
    upstreamModel: id,
    baseModel: splitModel(String(source.take(...info, 'base_model') ?? ''))?.id ?? id,
    // A price per token has more digits than a number keeps exactly once it is multiplied.
    pricing: present(Object.entries(prices).map(([key, price]) => [price, perMillion(number(key))])),
    outputModalities: outputsOfMode[String(mode)] ?? null,
    contextLength: tokens('max_input_tokens'),
    maxCompletionTokens: tokens('max_output_tokens') ?? tokens('max_tokens'),
    order: orderOf(source, parameters),
  }
}

function leave(source: LiteLlmSource, path: readonly (string | number)[], message: string): null {
  source.remark(path, message)
  return null
}

/** The order is remarked on: it is the order of the list here, which means less. */
function orderOf(source: LiteLlmSource, parameters: readonly (string | number)[]): number {
  const order = source.take(...parameters, 'order')
  if (order !== undefined) source.remark([...parameters, 'order'], reasonOf('order') ?? '')
  return Number(order ?? 1)
}

/** Returns where the values of a credential stand in `credential_list`. */
function credentialOf(source: LiteLlmSource, name: unknown): readonly (string | number)[] | null {
  if (name === undefined) return null
  const count = source.count('credential_list')
  const index = Array.from({ length: count }, (_, at) => at).find(
    (at) => source.take('credential_list', at, 'credential_name') === name,
  )
  return index === undefined ? null : ['credential_list', index, 'credential_values']
}

/** Writes `os.environ/NAME` as `${NAME}`, and any other text so that it means itself. */
export const withVariables = (text: string): string =>
  text.startsWith('os.environ/') ? `\${${text.slice('os.environ/'.length)}}` : text.replaceAll('${', '$${')

/** Whether an address is the vendor’s own, so that it is no other server. */
const isVendors = (base: string): boolean => /^https:\/\/api\.openai\.com(\/|$)/.test(base)

/** Returns the address before the protocol’s paths. LiteLLM completes those of some providers itself. */
function addressOf(prefix: string, base: string): string {
  const address = trimEnd(base, '/')
  if (prefix === 'azure' && !address.includes('/openai')) return `${address}/openai/v1`
  const isVersioned = !prefix.startsWith('ollama') && prefix !== 'anthropic'
  if (!isVersioned && !address.endsWith('/v1')) return `${address}/v1`
  return address
}

const perMillion = (perToken: number | null): number | null =>
  perToken === null ? null : Number((perToken * 1_000_000).toPrecision(12))

const present = <Value>(entries: readonly (readonly [string, Value | null])[]): Readonly<Record<string, Value>> =>
  Object.fromEntries(entries.flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
