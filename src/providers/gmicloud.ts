import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'gmicloud',
  name: 'GMICloud',
  protocol: 'chat-completions',
  baseUrl: 'https://api.gmi-serving.com/v1',
  apiKeyVariables: ['GMICLOUD_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://docs.gmicloud.ai/inference-engine/api-reference/llm-api-reference',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'none' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs],
  privacyPolicyUrl: null,
  headquarters: 'US',
  documentation: 'https://docs.gmicloud.ai/inference-engine/api-reference/llm-api-reference',
})
