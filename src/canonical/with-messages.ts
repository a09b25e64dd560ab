import type { ChatRequest } from './generation-request.ts'
import type { Message } from './message.ts'
import { modalitiesOf } from './modalities.ts'

/**
 * Returns the request with other messages. The announced length of the body, by which routing tells that a prompt surely fits, holds no
 * more.
 */
export const withMessages = (request: ChatRequest, messages: readonly Message[]): ChatRequest => ({
  ...request,
  input: { ...request.input, messages, modalities: modalitiesOf(messages) },
  source: { ...request.source, bytes: null },
})
