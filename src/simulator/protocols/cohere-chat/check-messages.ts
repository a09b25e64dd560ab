import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'

const blocks: Readonly<Record<string, readonly string[]>> = {
  system: ['text'],
  user: ['text', 'image_url'],
  assistant: ['text', 'thinking'],
  tool: ['text', 'document'],
}
const image = /^(https?:\/\/|data:image\/(png|jpe?g|webp|gif);base64,)/

/** Checks the rules of a conversation: the roles, the blocks that each role may contain, and that each tool call has its result. */
export function checkMessages(messages: readonly unknown[]): void {
  if (messages.length === 0) throw new InvalidRequest('invalid request: messages must not be empty')
  const called = new Set<string>()
  const answered = new Set<string>()
  for (const message of messages) {
    const role = isObject(message) ? asString(message['role']) : null
    const allowed = role === null ? undefined : blocks[role]
    if (!isObject(message) || role === null || allowed === undefined) {
      throw new InvalidRequest(`invalid request: unknown role ${JSON.stringify(role)}`)
    }
    checkContent(message, role, allowed)
    for (const id of callIds(message)) called.add(id)
    if (role === 'tool') {
      const id = asString(message['tool_call_id'])
      if (id === null || !called.has(id)) throw new InvalidRequest(`invalid request: no tool call has the id ${id}`)
      answered.add(id)
    }
  }
  const open = [...called].find((id) => !answered.has(id))
  if (open !== undefined) throw new InvalidRequest(`invalid request: the tool call ${open} has no result`)
}

function checkContent(message: JsonObject, role: string, allowed: readonly string[]): void {
  const { content } = message
  if (content === undefined && role === 'assistant' && message['tool_calls'] !== undefined) return
  if (typeof content === 'string') return
  if (!Array.isArray(content)) throw new InvalidRequest(`invalid request: the content of a ${role} message is required`)
  for (const block of content) {
    const type = isObject(block) ? asString(block['type']) : null
    if (!isObject(block) || type === null || !allowed.includes(type)) {
      throw new InvalidRequest(`invalid request: a ${role} message takes no ${JSON.stringify(type)}`)
    }
    const address = isObject(block['image_url']) ? block['image_url']['url'] : undefined
    if (type === 'image_url' && !image.test(String(address))) throw new InvalidRequest('invalid request: invalid image')
  }
}

function callIds(message: JsonObject): readonly string[] {
  return asArray(message['tool_calls']).map((call) => {
    const id = isObject(call) ? asString(call['id']) : null
    const name = isObject(call) && isObject(call['function']) ? asString(call['function']['name']) : null
    if (id === null || name === null) throw new InvalidRequest('invalid request: a tool call needs an id and a name')
    return id
  })
}

export function textOf(message: unknown): string {
  const content = isObject(message) ? message['content'] : null
  if (typeof content === 'string') return content
  return asArray(content)
    .map((block) => (isObject(block) ? (asString(block['text']) ?? '') : ''))
    .join('')
}
