import type { QuirksByLanguage } from '../protocols/protocol.ts'
import { keyHeader } from '../upstream/sign/api-key.ts'
import { isObject, type JsonObject, parseJson, stringOf } from '../util/json.ts'
import { fullMatch } from '../util/pattern.ts'
import { logprobs, usual } from './parameters.ts'
import { type BroughtKey, defineProvider, type Deployment, keyFault, type KeyFault } from './provider.ts'
import { openAiImages } from './services.ts'

const shared = {
  developerRole: true,
  userField: 'safety_identifier',
  // Azure's own downloads fail for many public addresses (learn.microsoft.com/answers, 2026-01).
  fetchesUrls: false,
} as const

const chat: QuirksByLanguage['chat-completions'] = {
  ...shared,
  maxTokensField: 'max_completion_tokens',
  reasoningField: 'reasoning_effort',
  assistantReasoningField: 'none',
  messageFields: ['name', 'refusal', 'audio', 'function_call'],
  strictSubset: true,
}

export default defineProvider({
  slug: 'azure',
  name: 'Azure',
  protocol: 'chat-completions',
  // A request names a deployment. Its name is assumed to be the model's name or to begin with it.
  baseUrl: 'https://{AZURE_RESOURCE_NAME}.openai.azure.com/openai/v1',
  variables: ['AZURE_RESOURCE_NAME'],
  apiKeyVariables: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'],
  sign: keyHeader('api-key'),
  readKey,
  dataPolicy: {
    training: false,
    retention: 'days:30',
    source: 'https://learn.microsoft.com/en-us/legal/cognitive-services/openai/data-privacy',
    asOf: '2026-11-20',
  },
  quirks: {
    ...shared,
    maxTokensField: 'max_completion_tokens',
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'none',
    messageFields: ['name', 'refusal', 'audio', 'function_call'],
    strictSubset: true,
    openAiLimits: true,
  },
  // Microsoft publishes no list price for it: https://learn.microsoft.com/en-us/azure/foundry/openai/how-to/web-search
  nativeTools: [
    { name: 'web_search', type: 'web_search', models: /^(gpt-4o|gpt-4\.1|o3|o4-mini|gpt-[5-9](\.\d+)?)(-mini)?$/ },
  ],
  // As at OpenAI itself.
  dialects: [
    {
      models: /^gpt-4(o|\.1)/,
      nativeTools: true,
      protocol: 'responses',
      quirks: { ...shared, reasoningFormat: 'azure-openai-responses-v1' },
    },
    { models: /^(o\d|gpt-[5-9]|codex).*-(chat|search|audio)/, protocol: 'chat-completions', quirks: chat },
    {
      models: /^(o\d|gpt-[5-9]|codex)/,
      protocol: 'responses',
      quirks: { ...shared, reasoningFormat: 'azure-openai-responses-v1' },
    },
  ],
  supportedParameters: [...usual, ...logprobs, 'logit_bias', 'prediction', 'parallel_tool_calls', 'verbosity'],
  services: {
    embeddings: [{ language: 'openai', maxInputs: 2_048, openai: { user: true } }],
    // https://learn.microsoft.com/azure/foundry/openai/how-to/dall-e
    images: openAiImages,
  },
  privacyPolicyUrl: 'https://www.microsoft.com/en-us/privacy/privacystatement',
  termsOfServiceUrl: 'https://www.microsoft.com/licensing/terms/',
  statusPageUrl: 'https://status.azure.com/',
  headquarters: 'US',
  documentation: 'https://learn.microsoft.com/en-us/azure/foundry/openai/latest',
})

/** The hosts of each kind of resource: https://learn.microsoft.com/en-us/azure/foundry/openai/latest */
const hosts: Readonly<Record<string, string>> = {
  openai: 'openai.azure.com',
  ai_foundry: 'services.ai.azure.com',
}

/**
 * Reads the keys of one resource, or of deployments that each have an address of their own (contract §6.17). An address must be one of
 * Azure's: a client may not make the gateway call others.
 */
function readKey(text: string): BroughtKey | KeyFault {
  const parsed = parseJson(text)
  const entries = (Array.isArray(parsed) ? parsed : [parsed]).filter(isObject)
  const deployments = entries.flatMap((entry) => readDeployment(entry) ?? [])
  const [first] = deployments
  if (first !== undefined && deployments.length === entries.length) {
    return { type: 'key', deployments, shown: first.apiKey }
  }
  const [entry = {}, ...others] = entries
  const apiKey = readApiKey(entry)
  const name = stringOf(entry['resource_name']) ?? ''
  const host = hosts[stringOf(entry['resource_type']) ?? 'openai']
  const isResource = fullMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/, name) !== null
  if (others.length > 0 || apiKey === undefined || host === undefined || !isResource) {
    return keyFault(
      'must be JSON: [{"api_key", "resource_name", "resource_type": "openai" or "ai_foundry"}] for one resource, or a list of {"model_slug", "endpoint_url", "api_key", "model_id"} whose addresses are https, of Azure, and end in /chat/completions.',
    )
  }
  return {
    type: 'key',
    apiKey,
    variables: { AZURE_RESOURCE_NAME: name },
    baseUrl: `https://${name}.${host}/openai/v1`,
    shown: apiKey,
  }
}

const azureHost =
  /^[a-z0-9][a-z0-9-]{0,62}(\.[a-z0-9-]{1,63})?\.(openai|services\.ai|cognitiveservices|models\.ai)\.azure\.com$/
const chatPath = '/chat/completions'

function readDeployment(entry: JsonObject): Deployment | null {
  const url = URL.parse(stringOf(entry['endpoint_url']) ?? '')
  const [model, upstreamModel] = [stringOf(entry['model_slug']), stringOf(entry['model_id'])]
  const apiKey = readApiKey(entry)
  if (url === null || !model || !upstreamModel || apiKey === undefined) return null
  const { protocol, host, username, password, pathname, search } = url
  // A port would be part of the host.
  const isAzures = protocol === 'https:' && fullMatch(azureHost, host) !== null && username + password === ''
  if (!isAzures || !pathname.endsWith(chatPath)) return null
  return { model, upstreamModel, apiKey, baseUrl: `https://${host}${pathname.slice(0, -chatPath.length)}${search}` }
}

function readApiKey(entry: JsonObject): string | undefined {
  const apiKey = stringOf(entry['api_key']) ?? ''
  return fullMatch(/^[!-~]{1,512}$/, apiKey) === null ? undefined : apiKey
}
