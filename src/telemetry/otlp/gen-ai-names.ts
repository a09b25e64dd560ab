/**
 * The names of OpenTelemetry's semantic conventions for generative AI. They are not stable yet and change without a release, so they are in
 * this file alone. Source: https://github.com/open-telemetry/semantic-conventions-genai
 */
export const genAiVersion = '1.42.0'

export const genAi = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheCreationTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  conversation: 'gen_ai.conversation.id',
  tool: 'gen_ai.tool.name',
} as const

/** The words for what is done: those of the conventions where they have one. */
export const operationNames: Readonly<Record<string, string>> = {
  chat: 'chat',
  completions: 'text_completion',
  embeddings: 'embeddings',
}

/** The tool of an agent or a gateway runs under this name. */
export const executeTool = 'execute_tool'
