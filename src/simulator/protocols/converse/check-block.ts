import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { namePattern } from './check-tools.ts'
import { signatureOf } from './signature.ts'

type Role = 'system' | 'user' | 'assistant'

const roles: Readonly<Record<string, readonly Role[]>> = {
  text: ['system', 'user', 'assistant'],
  cachePoint: ['system', 'user', 'assistant'],
  image: ['user'],
  document: ['user'],
  video: ['user'],
  audio: ['user'],
  toolResult: ['user'],
  toolUse: ['assistant'],
  reasoningContent: ['assistant'],
}

const formats: Readonly<Record<string, readonly unknown[]>> = {
  image: ['png', 'jpeg', 'gif', 'webp'],
  document: ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'],
  video: ['mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'],
  audio: [
    'mp3',
    'opus',
    'wav',
    'aac',
    'flac',
    'mp4',
    'ogg',
    'mkv',
    'mka',
    'x-aac',
    'm4a',
    'mpeg',
    'mpga',
    'pcm',
    'webm',
  ],
}
/** The largest size in bytes, before base64. */
const largest: Readonly<Record<string, number>> = { image: 3_932_160, document: 4_718_592 }
const documentName = /^(?!.*\s\s)[a-zA-Z0-9\s()[\]-]{1,200}$/

/**
 * Checks one content block.
 * @throws InvalidRequest
 */
export function checkBlock(block: JsonObject, role: Role, place: string): void {
  const kinds = Object.keys(block)
  const [kind = ''] = kinds
  if (kinds.length !== 1 || roles[kind] === undefined)
    throw new InvalidRequest(`${place} must hold one kind of content.`)
  if (!roles[kind].includes(role)) throw new InvalidRequest(`${place}: ${kind} is not allowed in the role ${role}.`)
  const value = block[kind]
  switch (kind) {
    case 'text':
      if (typeof value !== 'string' || value.trim() === '') {
        throw new InvalidRequest(
          `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
        )
      }
      break
    case 'cachePoint':
      checkCachePoint(value, place)
      break
    case 'toolUse':
      checkToolUse(value, place)
      break
    case 'toolResult':
      checkToolResult(value, place)
      break
    case 'reasoningContent':
      checkThought(value, place)
      break
    default:
      checkMedia(kind, value, place)
  }
}

function checkCachePoint(value: unknown, place: string): void {
  const { type, ttl = '5m' } = isObject(value) ? value : {}
  if (type !== 'default' || (ttl !== '5m' && ttl !== '1h')) throw new InvalidRequest(`${place} is no cache point.`)
}

function checkId(value: unknown, place: string): void {
  if (!namePattern.test(asString(value) ?? '')) {
    throw new InvalidRequest(`Value at '${place}.toolUseId' failed to satisfy constraint: ${namePattern.source}`)
  }
}

function checkToolUse(value: unknown, place: string): void {
  const { toolUseId, name, input } = isObject(value) ? value : {}
  checkId(toolUseId, place)
  if (!namePattern.test(asString(name) ?? '')) {
    throw new InvalidRequest(`Value at '${place}.name' failed to satisfy constraint: ${namePattern.source}`)
  }
  if (!isObject(input))
    throw new InvalidRequest(`The format of the value at ${place}.toolUse.input is invalid. Provide a json object.`)
}

function checkToolResult(value: unknown, place: string): void {
  const { toolUseId, content } = isObject(value) ? value : {}
  checkId(toolUseId, place)
  if (!Array.isArray(content)) throw new InvalidRequest(`${place}.toolResult.content must be a list.`)
  for (const [index, part] of asArray(content).filter(isObject).entries()) {
    const [kind = ''] = Object.keys(part)
    if (kind === 'text' || kind === 'json') continue
    if (!['image', 'document', 'video'].includes(kind))
      throw new InvalidRequest(`${place}: ${kind} cannot be a tool's result.`)
    checkMedia(kind, part[kind], `${place}.toolResult.content.${index}`)
  }
}

/** Checks that reasoning is text that the simulator sent, with the signature that it sent. */
function checkThought(value: unknown, place: string): void {
  const thought = isObject(value) ? value['reasoningText'] : undefined
  const { text, signature } = isObject(thought) ? thought : {}
  if (typeof signature !== 'string') throw new InvalidRequest(`${place}: thinking.signature: Field required`)
  if (typeof text !== 'string' || signature !== signatureOf(text)) {
    throw new InvalidRequest(`${place}: Invalid \`signature\` in \`thinking\` block`)
  }
}

function checkMedia(kind: string, value: unknown, place: string): void {
  const media = isObject(value) ? value : {}
  const bytes = isObject(media['source']) ? media['source']['bytes'] : undefined
  if (!formats[kind]?.includes(media['format'])) throw new InvalidRequest(`${place}.${kind}.format is not known.`)
  if (typeof bytes !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(bytes))
    throw new InvalidRequest(`${place} holds no base64.`)
  if (bytes.length * 0.75 > (largest[kind] ?? Infinity)) throw new InvalidRequest(`${place}: the ${kind} is too large.`)
  if (kind === 'document' && !documentName.test(asString(media['name']) ?? '')) {
    throw new InvalidRequest(
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
    )
  }
}
