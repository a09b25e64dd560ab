import type { ChatRequest, Source, Stretch } from '../../canonical/generation-request.ts'
import type { Message } from '../../canonical/message.ts'
import { arrayOf, isObject, type JsonObject } from '../../util/json.ts'

/** A piece of a conversation on its way to an upstream: as the client wrote it, or a message to be encoded. */
export type Piece =
  | { readonly type: 'as-it-came'; readonly wire: readonly JsonObject[]; readonly messages: readonly Message[] }
  | { readonly type: 'message'; readonly message: Message; readonly index: number }

/**
 * Divides the conversation of a request for an upstream that speaks `protocol`. A stretch that came in the same language and that nobody
 * changed is passed on as it is, so that what nobody here knows reaches the upstream (principle 2). Messages may have been left out, added or
 * changed around it.
 */
export function piecesOf({ input: { messages }, source }: ChatRequest, protocol: string): readonly Piece[] {
  if (source.protocol !== protocol) return messages.map((message, index) => ({ type: 'message', message, index }))
  if (messages === source.messages) return (source.stretches ?? [wholeOf(source)]).map(asItCame)
  const byFirst = new Map(stretchesOf(source).map((stretch) => [stretch.messages[0], stretch]))
  const pieces: Piece[] = []
  let index = 0
  while (index < messages.length) {
    const message = messages[index]
    if (message === undefined) break
    const stretch = byFirst.get(message)
    const isWhole = stretch?.messages.every((part, offset) => messages[index + offset] === part) === true
    if (stretch === undefined || !isWhole) pieces.push({ type: 'message', message, index: index++ })
    else {
      pieces.push(asItCame(stretch))
      index += stretch.messages.length
    }
  }
  return pieces
}

const asItCame = ({ wire, messages }: Stretch): Piece => ({ type: 'as-it-came', wire, messages })

/** Where a language does not say otherwise, each entry of its `messages` is one message here. */
function stretchesOf(source: Source): readonly Stretch[] {
  if (source.stretches !== undefined) return source.stretches
  const { messages, wire } = wholeOf(source)
  return messages.map((message, position) => ({ messages: [message], wire: wire.slice(position, position + 1) }))
}

const wholeOf = ({ messages, body }: Source): Stretch => ({
  messages,
  wire: arrayOf(body['messages']).filter(isObject),
})
