import type { ParsedRequest } from '../parsed-request.ts'

/** Makes the request of a protocol that is no conversation. */
export const mediaRequest = (
  request: Pick<ParsedRequest, 'model' | 'promptTokens'> & Partial<ParsedRequest>,
): ParsedRequest => ({
  stream: false,
  includeUsage: true,
  choices: 1,
  prefill: null,
  stop: [],
  maxTokens: null,
  tools: [],
  calling: 'forbidden',
  results: 0,
  schema: null,
  ...request,
})
