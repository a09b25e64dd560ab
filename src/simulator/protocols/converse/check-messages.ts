import { asArray, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { checkBlock } from './check-block.ts'

const mostImages = 20
const mostDocuments = 5
const mostCachePoints = 4

/**
 * Checks `system` and `messages`.
 * @throws InvalidRequest
 */
export function checkMessages(body: JsonObject): void {
  const messages = asArray(body['messages']).filter(isObject)
  const [first] = messages
  if (first?.['role'] !== 'user') {
    throw new InvalidRequest(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  }
  const system = asArray(body['system']).filter(isObject)
  for (const [index, block] of system.entries()) checkBlock(block, 'system', `system.${index}`)
  for (const [index, message] of messages.entries()) checkMessage(message, messages[index - 1], index)
  checkEnd(messages.at(-1))
  const blocks = [...system, ...messages.flatMap(blocksOf)]
  checkCachePoints([...toolsOf(body), ...blocks])
  const names = blocks.flatMap(({ document }) => (isObject(document) ? [document['name']] : []))
  if (new Set(names).size < names.length) throw new InvalidRequest('Messages contain duplicate document names.')
  const usesTools = blocks.some((block) => 'toolUse' in block || 'toolResult' in block)
  if (usesTools && body['toolConfig'] === undefined) {
    throw new InvalidRequest('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
  }
}

const toolsOf = ({ toolConfig }: JsonObject): readonly JsonObject[] =>
  isObject(toolConfig) ? asArray(toolConfig['tools']).filter(isObject) : []

/** Checks the cache points. `blocks` are in the order in which the vendor reads them. */
function checkCachePoints(blocks: readonly JsonObject[]): void {
  const points = blocks.flatMap(({ cachePoint }) => (isObject(cachePoint) ? [cachePoint] : []))
  if (points.length > mostCachePoints) {
    throw new InvalidRequest(`A maximum of ${mostCachePoints} blocks with cache_control may be provided.`)
  }
  const firstShort = points.findIndex(({ ttl }) => ttl !== '1h')
  if (firstShort >= 0 && points.slice(firstShort).some(({ ttl }) => ttl === '1h')) {
    throw new InvalidRequest(
      'A longer TTL cache checkpoint must not come after a shorter one: toolConfig, system, messages.',
    )
  }
}

const blocksOf = (message: JsonObject): readonly JsonObject[] => asArray(message['content']).filter(isObject)

function checkMessage(message: JsonObject, previous: JsonObject | undefined, index: number): void {
  const { role } = message
  if (role !== 'user' && role !== 'assistant')
    throw new InvalidRequest(`messages.${index}.role must be user or assistant.`)
  if (role === previous?.['role'])
    throw new InvalidRequest('A conversation must alternate between user and assistant roles.')
  const blocks = blocksOf(message)
  if (blocks.length === 0) {
    throw new InvalidRequest(`The content field in the Message object at messages.${index} is empty.`)
  }
  for (const [place, block] of blocks.entries()) checkBlock(block, role, `messages.${index}.content.${place}`)
  const count = (kind: string): number => blocks.filter((block) => kind in block).length
  if (count('image') > mostImages) throw new InvalidRequest(`messages.${index} has more than ${mostImages} images.`)
  if (count('document') > mostDocuments)
    throw new InvalidRequest(`messages.${index} has more than ${mostDocuments} documents.`)
  if (count('document') > 0 && count('text') === 0)
    throw new InvalidRequest('A text block must stand beside documents.')
  if (role === 'user') checkResults(blocks, previous, index)
}

/** Checks that each tool call of the previous turn has a result, that no other result is present, and that results come first. */
function checkResults(blocks: readonly JsonObject[], previous: JsonObject | undefined, index: number): void {
  const called = previous === undefined ? [] : blocksOf(previous).flatMap(({ toolUse }) => idOf(toolUse))
  const answered = blocks.flatMap(({ toolResult }) => idOf(toolResult))
  const missing = called.filter((id) => !answered.includes(id))
  if (missing.length > 0) {
    throw new InvalidRequest(
      `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(', ')}`,
    )
  }
  if (answered.some((id) => !called.includes(id)) || new Set(answered).size < answered.length) {
    throw new InvalidRequest('The number of toolResult blocks exceeds the number of toolUse blocks of previous turn.')
  }
  const firstOther = blocks.findIndex((block) => !('toolResult' in block))
  if (firstOther >= 0 && blocks.slice(firstOther).some((block) => 'toolResult' in block)) {
    throw new InvalidRequest(`messages.${index}: toolResult blocks must come before other content.`)
  }
}

const idOf = (block: unknown): readonly unknown[] => (isObject(block) ? [block['toolUseId']] : [])

function checkEnd(last: JsonObject | undefined): void {
  if (last?.['role'] !== 'assistant') return
  const text = blocksOf(last).at(-1)?.['text']
  if (typeof text === 'string' && text !== text.trimEnd()) {
    throw new InvalidRequest('messages: final assistant content cannot end with trailing whitespace')
  }
}
