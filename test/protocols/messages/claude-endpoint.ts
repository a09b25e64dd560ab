import type { Endpoint } from '../../../src/catalog/endpoint.ts'

/** An endpoint for tests of the protocol alone, without a catalogue. */
export const claudeEndpoint: Endpoint = {
  id: 'anthropic/claude-sonnet-4.5@google-vertex',
  model: 'anthropic/claude-sonnet-4.5',
  provider: 'google-vertex',
  providerName: 'Google Vertex',
  tag: 'google-vertex',
  tier: 'default',
  upstreamModel: 'claude-sonnet-4-5@20250929',
  pricing: { prompt: 0, completion: 0 },
  contextLength: null,
  maxCompletionTokens: null,
  quantization: null,
  dataPolicy: { training: false, retention: 'none' },
  distillable: false,
  supportedParameters: null,
  operations: ['chat'],
  inputModalities: ['text', 'image'],
  outputModalities: ['text'],
  nativeTools: [],
  prefill: false,
  deprecated: false,
  reasoning: null,
  template: {},
}
