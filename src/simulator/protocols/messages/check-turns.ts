import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { checkBlock } from './check-block.ts'

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly blocks: readonly JsonObject[]
}

const toolUseId = /^[a-zA-Z0-9_-]+$/

/**
 * Checks the conversation, and refuses what Anthropic refuses. Anthropic merges neighbouring turns of one role; here the client must do so.
 */
export function checkTurns(messages: unknown): readonly Turn[] {
  const turns = asArray(messages).map((message, index) => turn(message, `messages.${index}`))
  if (turns.length === 0) throw new InvalidRequest('messages: at least one message is required')
  const ids = new Set<string>()
  for (const [index, { role, blocks }] of turns.entries()) {
    const place = `messages.${index}`
    if (turns[index - 1]?.role === role)
      throw new InvalidRequest(`${place}: roles must alternate between "user" and "assistant"`)
    checkPairing(turns, index, place)
    for (const block of blocks) if (block['type'] === 'tool_use') checkId(block['id'], ids, place)
    const last = blocks.at(-1)?.['type']
    if (role === 'assistant' && (last === 'thinking' || last === 'redacted_thinking')) {
      throw new InvalidRequest(`${place}: The final block in an assistant message cannot be \`thinking\`.`)
    }
  }
  const last = turns.at(-1)
  const text = asString(last?.blocks.at(-1)?.['text'])
  if (last?.role === 'assistant' && text !== null && text !== text.trimEnd()) {
    throw new InvalidRequest('messages: final assistant content cannot end with trailing whitespace')
  }
  return turns
}

function turn(message: unknown, place: string): Turn {
  if (!isObject(message)) throw new InvalidRequest(`${place}: Input should be an object`)
  const { role, content } = message
  if (role !== 'user' && role !== 'assistant') {
    throw new InvalidRequest(
      `${place}: Unexpected role "${String(role)}". The Messages API takes "user" and "assistant".`,
    )
  }
  return { role, blocks: blocksOf(content, role, `${place}.content`) }
}

export function blocksOf(
  content: unknown,
  role: 'user' | 'assistant' | 'system',
  place: string,
): readonly JsonObject[] {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : asArray(content).filter(isObject)
  if (blocks.length === 0) throw new InvalidRequest(`${place}: must not be empty`)
  for (const [index, block] of blocks.entries()) checkBlock(block, role, `${place}.${index}`)
  return blocks
}

function checkId(id: unknown, ids: Set<string>, place: string): void {
  const text = asString(id) ?? ''
  if (!toolUseId.test(text))
    throw new InvalidRequest(`${place}: tool_use.id: String should match pattern '${toolUseId.source}'`)
  if (ids.has(text)) throw new InvalidRequest(`${place}: \`tool_use\` ids must be unique`)
  ids.add(text)
}

/** Checks that the next turn begins with a result for every call, and has no other results. */
function checkPairing(turns: readonly Turn[], index: number, place: string): void {
  const { blocks = [], role } = turns[index] ?? {}
  if (role !== 'user') return
  const called = (turns[index - 1]?.blocks ?? []).filter(({ type }) => type === 'tool_use').map(({ id }) => id)
  const answered = blocks.filter(({ type }) => type === 'tool_result').map((block) => block['tool_use_id'])
  const stray = answered.find((id) => !called.includes(id))
  if (stray !== undefined) {
    throw new InvalidRequest(
      `${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${JSON.stringify(stray)}`,
    )
  }
  const open = called.find((id) => !answered.includes(id))
  if (open !== undefined) {
    throw new InvalidRequest(
      `${place}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${JSON.stringify(open)}`,
    )
  }
  if (blocks.slice(0, answered.length).some(({ type }) => type !== 'tool_result')) {
    throw new InvalidRequest(`${place}: \`tool_result\` blocks must come first in their turn`)
  }
}
