import { usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'nvidia',
  name: 'Nvidia',
  protocol: 'chat-completions',
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  apiKeyVariables: ['NVIDIA_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://assets.ngc.nvidia.com/products/api-catalog/legal/NVIDIA%20API%20Trial%20Terms%20of%20Service.pdf',
    asOf: '2026-11-20',
  },
  quirks: {
    // Each model has its own way to turn thinking on, in its chat template.
    reasoningField: 'none',
    assistantReasoningField: 'reasoning_content',
  },
  supportedParameters: without(usual, 'reasoning_effort'),
  // https://docs.api.nvidia.com/nim/reference/nvidia-nv-embedqa-e5-v5-infer
  services: {
    embeddings: [
      {
        language: 'openai',
        openai: { purpose: { field: 'input_type', words: { query: 'query', document: 'passage' }, usual: 'query' } },
      },
    ],
  },
  privacyPolicyUrl: 'https://www.nvidia.com/en-us/about-nvidia/privacy-policy/',
  termsOfServiceUrl:
    'https://assets.ngc.nvidia.com/products/api-catalog/legal/NVIDIA%20API%20Trial%20Terms%20of%20Service.pdf',
  headquarters: 'US',
  documentation: 'https://docs.api.nvidia.com/nim/reference/llm-apis',
})
