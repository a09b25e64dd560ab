import type { QuirksByLanguage } from '../protocols/protocol.ts'
import { keyHeader } from '../upstream/sign/api-key.ts'
import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

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
  privacyPolicyUrl: 'https://www.microsoft.com/en-us/privacy/privacystatement',
  termsOfServiceUrl: 'https://www.microsoft.com/licensing/terms/',
  statusPageUrl: 'https://status.azure.com/',
  headquarters: 'US',
  documentation: 'https://learn.microsoft.com/en-us/azure/foundry/openai/latest',
})
