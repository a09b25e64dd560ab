import type { AnswerUsage } from '../answer.ts'

/** Returns the usage object of both older OpenAI protocols. */
export const openaiUsage = ({ prompt, cached, completion, reasoning }: AnswerUsage): object => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
})
