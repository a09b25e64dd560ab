import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'xai',
  name: 'xAI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.x.ai/v1',
  apiKeyVariables: ['XAI_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'days:30',
    source: 'https://docs.x.ai/developers/faq/security',
    asOf: '2026-11-20',
  },
  quirks: {
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'none',
    userField: 'user',
    reportedCost: 'cost_in_usd_ticks',
  },
  supportedParameters: [...usual, ...logprobs, 'parallel_tool_calls'],
  privacyPolicyUrl: 'https://x.ai/legal/privacy-policy',
  termsOfServiceUrl: 'https://x.ai/legal/terms-of-service-enterprise',
  statusPageUrl: 'https://status.x.ai/',
  headquarters: 'US',
  documentation: 'https://docs.x.ai/docs/api-reference',
})
