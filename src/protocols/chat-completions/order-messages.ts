import type { Template } from '../../catalog/template.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { withMediaAfterResults } from './media-after-results.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'

/** Puts the messages into the order, and into the turns, that this provider or this model requires. */
export function orderMessages(
  messages: readonly JsonObject[],
  quirks: ChatCompletionsQuirks,
  template: Template,
): readonly JsonObject[] {
  const hasTextResults =
    quirks.textToolResults === true || quirks.openAiLimits === true || template.openAiLimits === true
  const shown = hasTextResults ? withMediaAfterResults(messages) : messages
  let ordered = quirks.emptyMessages === false || template.emptyMessages === false ? withoutEmpty(shown) : shown
  if (quirks.oneSystemMessage === true || template.oneSystemMessage === true) ordered = withOneSystemMessage(ordered)
  if (template.alternatingTurns === true) ordered = alternating(ordered)
  if (template.answeredTools === true) ordered = answeringTools(ordered)
  return quirks.prefill?.message === undefined ? ordered : withPrefill(ordered, quirks.prefill.message)
}

/** Tells whether the last message is the beginning of an answer that is to be continued. */
export const isPrefill = (messages: readonly JsonObject[]): boolean => {
  const last = messages.at(-1)
  return last?.['role'] === 'assistant' && !callsTools(last)
}

function withPrefill(messages: readonly JsonObject[], mark: JsonObject): readonly JsonObject[] {
  return isPrefill(messages) ? [...messages.slice(0, -1), { ...messages.at(-1), ...mark }] : messages
}

/** Removes messages without text or calls. Such a message of a tool gets a text instead: it means that the result is empty. */
function withoutEmpty(messages: readonly JsonObject[]): readonly JsonObject[] {
  const kept = messages.flatMap((message) => {
    const { content } = message
    const words = Array.isArray(content) ? content.filter((part) => !isEmptyText(part)) : content
    if (Array.isArray(words) ? words.length > 0 : words !== '' && words !== null && words !== undefined) {
      return [words === content ? message : { ...message, content: words }]
    }
    if (callsTools(message)) return [{ ...message, content: null }]
    return message['role'] === 'tool' ? [{ ...message, content: '(empty)' }] : []
  })
  return kept.length > 0 ? kept : messages
}

const isEmptyText = (part: unknown): boolean => isObject(part) && part['type'] === 'text' && part['text'] === ''
const callsTools = (message: JsonObject): boolean => arrayOf(message['tool_calls']).length > 0

function withOneSystemMessage(messages: readonly JsonObject[]): readonly JsonObject[] {
  const isSystem = ({ role }: JsonObject): boolean => role === 'system' || role === 'developer'
  const [first, ...more] = messages.filter(isSystem)
  if (first === undefined || (more.length === 0 && messages[0] === first)) return messages
  return [more.reduce(join, first), ...messages.filter((message) => !isSystem(message))]
}

function alternating(messages: readonly JsonObject[]): readonly JsonObject[] {
  const turns: JsonObject[] = []
  for (const message of messages) {
    const last = turns.at(-1)
    const role = stringOf(message['role'])
    const goesOn = last?.['role'] === role && (role === 'user' || role === 'assistant')
    if (last !== undefined && goesOn && !callsTools(last)) turns[turns.length - 1] = join(last, message)
    else {
      // The first turn must be the user's, so one is added before the assistant's.
      const isFirst = turns.every((turn) => turn['role'] === 'system' || turn['role'] === 'developer')
      if (isFirst && role === 'assistant') turns.push({ role: 'user', content: '.' })
      turns.push(message)
    }
  }
  return turns
}

function answeringTools(messages: readonly JsonObject[]): readonly JsonObject[] {
  return messages.flatMap((message, position) =>
    message['role'] === 'user' && messages[position - 1]?.['role'] === 'tool'
      ? [{ role: 'assistant', content: 'OK.' }, message]
      : [message],
  )
}

function join(one: JsonObject, next: JsonObject): JsonObject {
  return { ...one, ...next, role: one['role'], content: joinContent(one['content'], next['content']) }
}

function joinContent(one: unknown, next: unknown): unknown {
  if (one === null || one === undefined || one === '') return next
  if (next === null || next === undefined || next === '') return one
  if (typeof one === 'string' && typeof next === 'string') return `${one}\n\n${next}`
  return [...partsOf(one), ...partsOf(next)]
}

const partsOf = (content: unknown): readonly unknown[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : arrayOf(content)

/** Adds an instruction after the conversation's own system messages at the beginning. */
export function withInstruction(messages: readonly JsonObject[], instruction: string): readonly JsonObject[] {
  const position = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  return messages.toSpliced(position < 0 ? messages.length : position, 0, { role: 'system', content: instruction })
}

/** Moves the name of a message's author into its text, for a provider that refuses the field (contract §2.1). */
export function withNameInWords(message: JsonObject): JsonObject {
  const { name, ...rest } = message
  if (typeof name !== 'string' || message['role'] === 'tool') return message
  const { content } = message
  if (typeof content === 'string') return { ...rest, content: `${name}: ${content}` }
  const [first, ...others] = arrayOf(content)
  const text = stringOf(objectOf(first)?.['text'])
  if (isObject(first) && text !== undefined)
    return { ...rest, content: [{ ...first, text: `${name}: ${text}` }, ...others] }
  return content === null || content === undefined
    ? rest
    : { ...rest, content: [{ type: 'text', text: `${name}:` }, ...partsOf(content)] }
}
