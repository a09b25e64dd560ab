import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'wandb',
  name: 'WandB',
  protocol: 'chat-completions',
  baseUrl: 'https://api.inference.wandb.ai/v1',
  apiKeyVariables: ['WANDB_API_KEY'],
  dataPolicy: { training: true, retention: 'unknown', source: 'https://wandb.ai/site/privacy/', asOf: '2026-11-20' },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs],
  privacyPolicyUrl: 'https://wandb.ai/site/privacy/',
  termsOfServiceUrl: 'https://wandb.ai/site/terms/',
  statusPageUrl: 'https://status.wandb.com/',
  headquarters: 'US',
  documentation: 'https://docs.wandb.ai/inference/',
})
