import { isObject, type JsonObject, stringOf } from '../../util/json.ts'

/**
 * Moves the content of tool results that is not text to a message of the user. It comes after all results of the turn, since nothing may be
 * between them. OpenAI and others take only text in the messages of tools ("Invalid 'messages' in payload").
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

/**
 * Returns the texts of a result. An empty result would mean that the tool found nothing, so a result without text refers to the next
 * message.
 */
function textOf(parts: readonly unknown[]): readonly unknown[] | string {
  const texts = parts.filter(isText)
  return texts.length > 0 ? texts : 'See the next message of the user.'
}
