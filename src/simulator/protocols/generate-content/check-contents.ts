import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { callSignature, dummySignature, imageSignature, textSignature } from './signature.ts'

export interface Content {
  readonly role: 'user' | 'model'
  readonly parts: readonly JsonObject[]
}

const kinds = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse']
const mediaTypes = /^(image\/(png|jpeg|webp|heic|heif)|application\/pdf|text\/[a-z-]+|(audio|video)\/[\w.;=-]+)$/

/**
 * Parses `contents` as strictly as Google, and a little more: roles alternate, each result follows its call, and whatever Gemini signed
 * must come back unchanged.
 */
export function checkContents(value: unknown, isStrict: boolean): readonly Content[] {
  const contents = asArray(value).map((content, index) => checkContent(content, `contents[${index}]`))
  if (contents.length === 0) throw new InvalidRequest('* GenerateContentRequest.contents: contents is not specified')
  for (const [index, content] of contents.entries()) {
    const before = contents[index - 1]
    if (before?.role === content.role)
      throw new InvalidRequest('Please ensure that multiturn requests alternate between user and model.')
    if (content.role === 'model') checkSignatures(content, isStrict, `contents[${index}]`)
    else checkResults(content, before)
    if (content.role === 'model' && before === undefined && callsOf(content).length > 0) {
      throw new InvalidRequest(
        'Please ensure that function call turn comes immediately after a user turn or a function response turn.',
      )
    }
  }
  return contents
}

export const textOf = ({ parts }: Content): string => parts.map(({ text }) => asString(text) ?? '').join('')

export const resultsOf = (content: Content | undefined): readonly JsonObject[] => named(content, 'functionResponse')

export const callsOf = (content: Content | undefined): readonly JsonObject[] => named(content, 'functionCall')

const named = (content: Content | undefined, kind: string): readonly JsonObject[] =>
  (content?.parts ?? []).map((part) => part[kind]).filter(isObject)

function checkContent(value: unknown, path: string): Content {
  const role = isObject(value) ? value['role'] : undefined
  if (!isObject(value) || (role !== 'user' && role !== 'model')) {
    throw new InvalidRequest('Please use a valid role: user, model.')
  }
  const parts = asArray(value['parts'])
  if (parts.length === 0)
    throw new InvalidRequest(`* GenerateContentRequest.${path}.parts: contents.parts must not be empty.`)
  return { role, parts: parts.map((part, index) => checkPart(part, `${path}.parts[${index}]`)) }
}

function checkPart(part: unknown, path: string): JsonObject {
  const present = isObject(part) ? kinds.filter((kind) => kind in part) : []
  if (!isObject(part) || present.length !== 1) {
    throw new InvalidRequest(`${path}: required oneof field 'data' must have one initialized field`)
  }
  checkMedia(part['inlineData'], path)
  const file = part['fileData']
  if (isObject(file) && !/^(gs:\/\/|https:\/\/)/.test(asString(file['fileUri']) ?? '')) {
    throw new InvalidRequest(`${path}: Unsupported file uri`)
  }
  return part
}

function checkMedia(media: unknown, path: string): void {
  if (media === undefined) return
  const type = isObject(media) ? asString(media['mimeType']) : null
  const data = isObject(media) ? asString(media['data']) : null
  if (type === null || !mediaTypes.test(type)) throw new InvalidRequest(`Unsupported MIME type: ${type}`)
  if (!data || !/^[A-Za-z0-9+/_-]+=*$/.test(data)) throw new InvalidRequest(`${path}: Base64 decoding failed`)
}

/** Google demands as many results as calls. The simulator also demands that they are for the same functions in the same order. */
function checkResults(content: Content, before: Content | undefined): void {
  const called = callsOf(before).map(({ name }) => name)
  const answered = resultsOf(content).map(({ name }) => name)
  const isPaired = called.length === answered.length && called.every((name, index) => name === answered[index])
  if (!isPaired) {
    throw new InvalidRequest(
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    )
  }
  for (const result of resultsOf(content)) {
    if (!isObject(result['response'])) throw new InvalidRequest('function_response.response must be a Struct')
    for (const part of asArray(result['parts'])) checkPart(part, 'function_response.parts')
  }
}

function signatureOf({ functionCall, inlineData }: JsonObject, words: string): string {
  if (isObject(functionCall)) return callSignature(String(functionCall['name']), functionCall['args'])
  return isObject(inlineData) ? imageSignature(String(inlineData['data'])) : textSignature(words)
}

function checkSignatures({ parts }: Content, isStrict: boolean, path: string): void {
  let words = ''
  for (const part of parts) {
    const signature = part['thoughtSignature']
    const call = part['functionCall']
    if (part['thought'] !== true) words += asString(part['text']) ?? ''
    if (signature === undefined) continue
    const expected = signatureOf(part, words)
    if (signature !== expected && !(isObject(call) && signature === dummySignature)) {
      throw new InvalidRequest(`${path}: Thought signature is not valid`)
    }
  }
  const first = parts.find(({ functionCall }) => functionCall !== undefined)
  if (!isStrict || first === undefined || first['thoughtSignature'] !== undefined) return
  const name = isObject(first['functionCall']) ? String(first['functionCall']['name']) : ''
  throw new InvalidRequest(`Function call is missing a thought_signature in functionCall parts: ${name}`)
}
