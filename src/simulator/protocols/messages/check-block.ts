import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { imageTypeOf } from '../image-bytes.ts'
import { signatureOf } from './signature.ts'

const imageTypes = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])
const mostImageBytes = 5 * 1024 * 1024
const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Checks a single content block, and refuses what Anthropic refuses.
 * @throws InvalidRequest
 */
export function checkBlock(block: JsonObject, role: 'user' | 'assistant' | 'system', place: string): void {
  const type = asString(block['type']) ?? ''
  if (!known[role].has(type))
    throw new InvalidRequest(`${place}: Input tag '${type}' is not allowed for the role ${role}.`)
  if (type === 'text') checkText(block, place)
  if (type === 'image') checkImage(source(block, place), place)
  if (type === 'search_result' && (!asString(block['source']) || !asString(block['title']))) {
    throw new InvalidRequest(`${place}: a search_result has a source and a title`)
  }
  if (type === 'document') checkDocument(source(block, place), place)
  if (type === 'thinking' && block['signature'] !== signatureOf(String(block['thinking']))) {
    throw new InvalidRequest(`${place}: Invalid \`signature\` in \`thinking\` block`)
  }
  if (type === 'redacted_thinking' && !asString(block['data']))
    throw new InvalidRequest(`${place}.data: Field required`)
  if (type === 'tool_use' && !isObject(block['input'])) {
    throw new InvalidRequest(`${place}.input: Input should be a valid dictionary`)
  }
  if (type === 'tool_result') {
    for (const [index, inner] of asArray(block['content']).entries()) {
      if (isObject(inner)) checkBlock(inner, 'user', `${place}.content.${index}`)
    }
  }
}

const known = {
  system: new Set(['text']),
  user: new Set(['text', 'image', 'document', 'search_result', 'tool_result']),
  assistant: new Set([
    'text',
    'thinking',
    'redacted_thinking',
    'tool_use',
    'server_tool_use',
    'web_search_tool_result',
    'web_fetch_tool_result',
  ]),
}

function checkText(block: JsonObject, place: string): void {
  if (asString(block['text'])?.trim()) return
  throw new InvalidRequest(`${place}: text content blocks must contain non-whitespace text`)
}

function source(block: JsonObject, place: string): JsonObject {
  if (isObject(block['source'])) return block['source']
  throw new InvalidRequest(`${place}.source: Field required`)
}

function checkImage(image: JsonObject, place: string): void {
  if (image['type'] === 'url') return checkUrl(image['url'], place)
  if (image['type'] === 'file') return
  if (image['type'] !== 'base64') throw new InvalidRequest(`${place}.source: Input tag must be base64, url or file`)
  if (!imageTypes.has(String(image['media_type']))) {
    throw new InvalidRequest(`${place}.source.base64.media_type: Input should be ${[...imageTypes].join(', ')}`)
  }
  const data = checkBase64(image['data'], place)
  const actual = imageTypeOf(data)
  if (actual !== null && actual !== image['media_type']) {
    throw new InvalidRequest(
      `${place}.source.base64: The image was specified using the ${String(image['media_type'])} media type, but the image appears to be a ${actual} image`,
    )
  }
  if (Buffer.byteLength(data, 'base64') > mostImageBytes)
    throw new InvalidRequest(`${place}: image exceeds 5 MB maximum`)
}

function checkDocument(document: JsonObject, place: string): void {
  switch (document['type']) {
    case 'url':
      return checkUrl(document['url'], place)
    case 'file':
      return
    case 'content':
      if (asArray(document['content']).length > 0 || asString(document['content'])) return
      throw new InvalidRequest(`${place}.source.content: Field required`)
    case 'text':
      if (document['media_type'] === 'text/plain' && asString(document['data'])?.trim()) return
      throw new InvalidRequest(`${place}.source: a text document is non-empty text/plain`)
    case 'base64':
      if (document['media_type'] !== 'application/pdf') {
        throw new InvalidRequest(`${place}.source.base64.media_type: Input should be 'application/pdf'`)
      }
      checkBase64(document['data'], place)
      return
    default:
      throw new InvalidRequest(`${place}.source: Input tag must be base64, text, url or file`)
  }
}

function checkUrl(url: unknown, place: string): void {
  if (!asString(url)?.startsWith('https://'))
    throw new InvalidRequest(`${place}.source.url: Only HTTPS URLs are supported.`)
}

function checkBase64(data: unknown, place: string): string {
  const text = asString(data) ?? ''
  if (base64.test(text)) return text
  throw new InvalidRequest(`${place}.source.base64.data: invalid base64 data`)
}
