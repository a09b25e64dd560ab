import { usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'stepfun',
  name: 'StepFun',
  protocol: 'chat-completions',
  baseUrl: 'https://api.stepfun.com/v1',
  apiKeyVariables: ['STEPFUN_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://platform.stepfun.com/docs/zh/overview/concept',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'none' },
  supportedParameters: without(usual, 'presence_penalty', 'seed', 'structured_outputs'),
  privacyPolicyUrl: null,
  headquarters: 'CN',
  documentation: 'https://platform.stepfun.com/docs/zh/overview/concept',
})
