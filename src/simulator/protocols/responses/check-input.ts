import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { sealedThoughts } from './sealed-thoughts.ts'

const inputParts: ReadonlySet<unknown> = new Set(['input_text', 'input_image', 'input_file'])
const outputParts: ReadonlySet<unknown> = new Set(['output_text', 'refusal'])
const image = /^(https?:\/\/|data:image\/(png|jpe?g|webp|gif);base64,)/

/**
 * Checks the rules of a conversation: the parts that an item may contain, that each call has its result, and that reasoning comes back
 * unchanged.
 */
export function checkInput(items: readonly unknown[]): void {
  if (items.length === 0) throw new InvalidRequest("Missing required parameter: 'input'.")
  const called = new Set<string>()
  const answered = new Set<string>()
  for (const [index, item] of items.entries()) {
    if (!isObject(item)) throw new InvalidRequest(`Invalid type for 'input[${index}]': expected an object.`)
    const path = `input[${index}]`
    switch (item['type'] ?? 'message') {
      case 'message':
        checkMessage(item, path)
        break
      case 'reasoning':
        checkReasoning(item, items[index + 1], path)
        break
      case 'function_call':
        if (asString(item['name']) === null) throw new InvalidRequest(`Missing required parameter: '${path}.name'.`)
        if (asString(item['arguments']) === null)
          throw new InvalidRequest(`Missing required parameter: '${path}.arguments'.`)
        if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(item['name']))) {
          throw new InvalidRequest(`Invalid '${path}.name': string does not match pattern.`)
        }
        called.add(callId(item, path))
        break
      case 'custom_tool_call':
        if (asString(item['input']) === null) throw new InvalidRequest(`Missing required parameter: '${path}.input'.`)
        called.add(callId(item, path))
        break
      case 'custom_tool_call_output':
      case 'function_call_output': {
        const id = callId(item, path)
        if (!called.has(id)) throw new InvalidRequest(`No tool call found for function call output with call_id ${id}.`)
        if (typeof item['output'] !== 'string') checkParts(item['output'], inputParts, `${path}.output`)
        answered.add(id)
        break
      }
      default:
        throw new InvalidRequest(`Invalid value: '${String(item['type'])}' in '${path}.type'.`)
    }
  }
  const open = [...called].find((id) => !answered.has(id))
  if (open !== undefined) throw new InvalidRequest(`No tool output found for function call ${open}.`)
}

function callId(item: JsonObject, path: string): string {
  const id = asString(item['call_id'])
  if (id === null) throw new InvalidRequest(`Missing required parameter: '${path}.call_id'.`)
  if (id === '' || id.length > 64) {
    throw new InvalidRequest(
      `Invalid '${path}.call_id': string too long. Expected a string with maximum length 64, but got a string with length ${id.length} instead.`,
    )
  }
  return id
}

function checkMessage({ role, content }: JsonObject, path: string): void {
  if (!['user', 'assistant', 'system', 'developer'].includes(String(role))) {
    throw new InvalidRequest(`Invalid value: '${String(role)}' in '${path}.role'.`)
  }
  if (typeof content !== 'string')
    checkParts(content, role === 'assistant' ? outputParts : inputParts, `${path}.content`)
}

function checkParts(parts: unknown, allowed: ReadonlySet<unknown>, path: string): void {
  if (!Array.isArray(parts)) throw new InvalidRequest(`Invalid type for '${path}': expected a text or a list of parts.`)
  for (const [index, part] of parts.entries()) {
    const type: unknown = isObject(part) ? part['type'] : undefined
    if (!isObject(part) || !allowed.has(type)) {
      throw new InvalidRequest(
        `Invalid value: '${String(type)}' in '${path}[${index}]'. Supported: ${[...allowed].join(', ')}.`,
      )
    }
    if (type === 'input_image' && !image.test(String(part['image_url']))) {
      throw new InvalidRequest(`Invalid '${path}[${index}].image_url'. Expected a valid URL.`)
    }
    if (type === 'input_file') checkFile(part, `${path}[${index}]`)
  }
}

function checkFile(part: JsonObject, path: string): void {
  const sources = ['file_data', 'file_url', 'file_id'].filter((name) => asString(part[name]) !== null)
  if (sources.length !== 1) throw new InvalidRequest(`'${path}' needs one of 'file_data', 'file_url' and 'file_id'.`)
  if (sources[0] !== 'file_data') return
  if (asString(part['filename']) === null) throw new InvalidRequest(`Missing required parameter: '${path}.filename'.`)
  if (!/^data:[^;,]+;base64,/.test(String(part['file_data']))) throw new InvalidRequest(`Invalid '${path}.file_data'.`)
}

function checkReasoning(item: JsonObject, next: unknown, path: string): void {
  const id = asString(item['id'])
  if (id === null) throw new InvalidRequest(`Missing required parameter: '${path}.id'.`)
  const sealed = asString(item['encrypted_content'])
  if (sealed === null) {
    throw new InvalidRequest(`Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`)
  }
  const summaries = asArray(item['summary']).map((part) => (isObject(part) ? String(part['text']) : ''))
  if (sealed !== sealedThoughts(id, summaries)) {
    throw new InvalidRequest(`The encrypted content for item ${id} could not be verified.`)
  }
  const follows =
    isObject(next) &&
    (next['role'] === 'assistant' || ['function_call', 'custom_tool_call', 'reasoning'].includes(String(next['type'])))
  if (!follows)
    throw new InvalidRequest(`Item '${id}' of type 'reasoning' was provided without its required following item.`)
}
