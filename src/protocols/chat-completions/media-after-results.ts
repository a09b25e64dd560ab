import { isObject, type JsonObject, stringOf } from '../../util/json.ts'

/**
 * The conversation with what tools returned besides text in a message of the user's: behind all results of the turn, since nothing may stand
 * between them. OpenAI and others take text alone in the messages of tools ("Invalid 'messages' in payload").
 */
export function withMediaAfterResults(messages: readonly JsonObject[]): readonly JsonObject[] {
  if (!messages.some(holdsMedia)) return messages
  const ordered: JsonObject[] = []
  let media: unknown[] = []
  const show = (): void => {
    if (media.length > 0) ordered.push({ role: 'user', content: media })
    media = []
  }
  for (const message of messages) {
    if (message['role'] !== 'tool') show()
    const parts = message['role'] === 'tool' ? partsOf(message) : []
    const others = parts.filter((part) => !isText(part))
    ordered.push(others.length === 0 ? message : { ...message, content: textOf(parts) })
    if (others.length > 0) media.push({ type: 'text', text: `The tool call ${idOf(message)} returned:` }, ...others)
  }
  show()
  return ordered
}

const holdsMedia = (message: JsonObject): boolean =>
  message['role'] === 'tool' && partsOf(message).some((part) => !isText(part))

const partsOf = ({ content }: JsonObject): readonly unknown[] => (Array.isArray(content) ? content : [])
const isText = (part: unknown): boolean => isObject(part) && part['type'] === 'text'
const idOf = (message: JsonObject): string => stringOf(message['tool_call_id']) ?? ''

/** An empty result would say that there was none. */
function textOf(parts: readonly unknown[]): readonly unknown[] | string {
  const texts = parts.filter(isText)
  return texts.length > 0 ? texts : 'See the next message of the user.'
}
