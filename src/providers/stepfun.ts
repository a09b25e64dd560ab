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
  supportedParameters: [
    'temperature',
    'top_p',
    'frequency_penalty',
    'max_tokens',
    'max_completion_tokens',
    'response_format',
    'stop',
    'tools',
    'tool_choice',
    'include_reasoning',
    'reasoning',
    'reasoning_effort',
  ],
  privacyPolicyUrl: null,
  headquarters: 'CN',
  documentation: 'https://platform.stepfun.com/docs/zh/overview/concept',
})
