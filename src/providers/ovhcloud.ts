import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'ovhcloud',
  name: 'OVHcloud',
  protocol: 'chat-completions',
  baseUrl: 'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1',
  apiKeyVariables: ['OVHCLOUD_API_KEY', 'OVH_AI_ENDPOINTS_ACCESS_TOKEN'],
  dataPolicy: {
    training: false,
    retention: 'unknown',
    source: 'https://www.ovhcloud.com/en/public-cloud/ai-endpoints/',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'none' },
  supportedParameters: [...usual, ...logprobs],
  services: { embeddings: [{ language: 'openai' }] },
  privacyPolicyUrl: 'https://www.ovhcloud.com/en/personal-data-protection/',
  termsOfServiceUrl: 'https://www.ovhcloud.com/en/terms-and-conditions/',
  statusPageUrl: 'https://www.status-ovhcloud.com/',
  headquarters: 'FR',
  documentation: 'https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-getting-started',
})
