import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'huggingface',
  name: 'Hugging Face',
  protocol: 'chat-completions',
  baseUrl: 'https://router.huggingface.co/v1',
  apiKeyVariables: ['HF_TOKEN'],
  // Hugging Face keeps nothing itself, but sends each request to a provider of its choice, whose own policy applies.
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://huggingface.co/docs/inference-providers/security',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content', thinkTags: true },
  supportedParameters: [...usual, ...logprobs],
  privacyPolicyUrl: 'https://huggingface.co/privacy',
  termsOfServiceUrl: 'https://huggingface.co/terms-of-service',
  statusPageUrl: 'https://status.huggingface.co/',
  headquarters: 'US',
  documentation: 'https://huggingface.co/docs/inference-providers/tasks/chat-completion',
})
