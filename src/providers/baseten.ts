import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'baseten',
  name: 'BaseTen',
  protocol: 'chat-completions',
  baseUrl: 'https://inference.baseten.co/v1',
  apiKeyVariables: ['BASETEN_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://docs.baseten.co/observability/security',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs, 'parallel_tool_calls'],
  privacyPolicyUrl: 'https://www.baseten.co/privacy-policy/',
  termsOfServiceUrl: 'https://www.baseten.co/terms-and-conditions/',
  statusPageUrl: 'https://status.baseten.co/',
  headquarters: 'US',
  documentation: 'https://docs.baseten.co/inference/model-apis/overview',
})
