/**
 * The providers of LiteLLM, by the prefix of `litellm_params.model`, and the slug that they have here.
 * Source: https://docs.litellm.ai/docs/providers
 */
export const providersByPrefix: Readonly<Record<string, string>> = {
  openai: 'openai',
  azure: 'azure',
  azure_ai: 'azure',
  anthropic: 'anthropic',
  bedrock: 'amazon-bedrock',
  vertex_ai: 'google-vertex',
  vertex_ai_beta: 'google-vertex',
  gemini: 'google-ai-studio',
  groq: 'groq',
  mistral: 'mistral',
  ollama: 'ollama',
  ollama_chat: 'ollama',
  deepseek: 'deepseek',
  xai: 'xai',
  together_ai: 'together',
  fireworks_ai: 'fireworks',
  cohere: 'cohere',
  cohere_chat: 'cohere',
  openrouter: 'openrouter',
  perplexity: 'perplexity',
  cerebras: 'cerebras',
  deepinfra: 'deepinfra',
  nvidia_nim: 'nvidia',
  sambanova: 'sambanova',
  hyperbolic: 'hyperbolic',
  novita: 'novita',
  nebius: 'nebius',
  moonshot: 'moonshotai',
  minimax: 'minimax',
  dashscope: 'alibaba',
  zai: 'z-ai',
  baseten: 'baseten',
  friendliai: 'friendli',
  huggingface: 'huggingface',
  wandb: 'wandb',
  ovhcloud: 'ovhcloud',
  hosted_vllm: 'vllm',
  lm_studio: 'lmstudio',
  llamafile: 'llama-cpp',
}

/** Prefixes for servers of the operator’s own that speak chat completions: their address is `api_base`. */
export const ownServers: ReadonlySet<string> = new Set([
  'openai',
  'custom_openai',
  'openai_like',
  'litellm_proxy',
  'xinference',
  'hosted_vllm',
  'text-completion-openai',
])

/** The names that LiteLLM takes without a prefix, and the prefix that it gives them. */
const bareNames: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-|chatgpt-|o\d|ft:gpt-|text-embedding-(3-|ada-)|omni-moderation-|whisper-|tts-|dall-e-|sora-)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'vertex_ai'],
  [/^(mistral-|codestral-|open-mi)/, 'mistral'],
  [/^command-/, 'cohere'],
  [/^deepseek-/, 'deepseek'],
]

/** Splits the `model` of LiteLLM into prefix and upstream id; null where the prefix is not known. */
export function splitModel(model: string): { readonly prefix: string; readonly id: string } | null {
  const slash = model.indexOf('/')
  const prefix = slash < 0 ? '' : model.slice(0, slash)
  if (prefix in providersByPrefix || ownServers.has(prefix))
    return { prefix, id: routeless(prefix, model.slice(slash + 1)) }
  const bare = slash < 0 ? bareNames.find(([pattern]) => pattern.test(model)) : undefined
  return bare === undefined ? null : { prefix: bare[1], id: model }
}

/** Takes off the routes that LiteLLM writes between the prefix and the id. */
function routeless(prefix: string, id: string): string {
  if (prefix === 'bedrock') return id.replace(/^(converse|invoke|converse_like)\//, '')
  if (prefix === 'azure') return id.replace(/^(responses|o_series|gpt5_series)\//, '')
  return id.replace(/^responses\//, '')
}
