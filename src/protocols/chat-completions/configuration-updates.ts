import { GatewayError } from '../../canonical/errors.ts'
import type { ChatMessage } from './schema/message.ts'
import type { ChatCompletionsRequest } from './schema/request.ts'

type Updating = Extract<ChatMessage, { role: 'system' | 'developer' }>

/**
 * Returns a request without the messages that only change the reasoning effort from there on. The effort of the last of them is set in
 * `reasoning`, since no upstream is used that takes such messages (contract §2.1).
 * @throws GatewayError 400 where there are no other messages.
 */
export function withoutConfigurationUpdates(wire: ChatCompletionsRequest): ChatCompletionsRequest {
  if (!wire.messages.some(mayUpdate)) return wire
  const messages = wire.messages.flatMap((message) => (mayUpdate(message) ? withoutUpdate(message) : [message]))
  if (messages.length === 0) {
    const message = 'must hold something else than configuration updates'
    throw new GatewayError('invalid_request', `messages ${message}`, { issues: [{ path: 'messages', message }] })
  }
  const last = wire.messages.findLast((message) => mayUpdate(message) && isUpdate(message.configuration_update))
  if (last === undefined || !mayUpdate(last) || !isUpdate(last.configuration_update)) return { ...wire, messages }
  const { reasoning_effort: _, reasoning, ...others } = wire
  const { max_tokens: __, enabled: ___, ...wishes } = reasoning ?? {}
  return { ...others, messages, reasoning: { ...wishes, effort: last.configuration_update.reasoning.effort } }
}

const mayUpdate = (message: ChatMessage): message is Updating =>
  (message.role === 'system' || message.role === 'developer') && 'configuration_update' in message

const isUpdate = (update: Updating['configuration_update']): update is NonNullable<Updating['configuration_update']> =>
  update !== undefined && update !== null

function withoutUpdate({ configuration_update: update, ...message }: Updating): readonly ChatMessage[] {
  const { content } = message
  const saysNothing = typeof content === 'string' ? content === '' : content.every(({ text }) => text === '')
  return isUpdate(update) && saysNothing ? [] : [message]
}
