import { arrayOf, countOf, isObject, type JsonObject, objectOf, parseJson, stringOf } from '../../util/json.ts'
import { search } from '../../util/pattern.ts'

/** The error of an upstream, read from any of the forms in use. */
export interface SaidError {
  readonly message: string | undefined
  /** The first of its codes. */
  readonly code: string | undefined
  /** All codes, in lower case. */
  readonly codes: readonly string[]
  /** All text in which a meaning may be found, in lower case. */
  readonly words: string
  /** The HTTP status that it names. */
  readonly status: number | undefined
}

/** The longest text that is searched for a meaning, and the longest message that is shown. */
const longest = 4_096
const deepest = 6
/** The longest text that is parsed as JSON inside of text. */
const longestWrapped = 65_536

/**
 * Reads the error bodies in use: `{error: {message, code, type}}`, `{error: text}`, `{errors: […]}`, `{detail}` as a text or as a list of
 * what is wrong where, `{message, code}` alone or beside `object: "error"`, the same in a list or as a text, and MiniMax's `base_resp`.
 */
export function readError(body: unknown): SaidError {
  const found = collect(body, deepest)
  const messages = found.messages.map((message) => message.trim()).filter((message) => message !== '')
  // OpenRouter, as an upstream, puts the message of its own upstream below its own.
  const message = messages[0] === 'Provider returned error' ? (messages[1] ?? messages[0]) : messages[0]
  const codes = found.codes.map((code) => code.toLowerCase())
  return {
    message: message?.slice(0, longest),
    code: found.codes[0],
    codes,
    words: [...codes, ...messages].join('\n').slice(0, longest).toLowerCase(),
    status: found.status,
  }
}

/** Tells whether the value of an `error` field is an error: some upstreams send an empty one beside every answer. */
export function saysError(error: unknown): boolean {
  if (Array.isArray(error)) return error.some(saysError)
  if (isObject(error)) return Object.values(error).some((value) => isObject(value) || saysSomething(value))
  return typeof error === 'string' ? error.trim() !== '' : error === true
}

const saysSomething = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : value !== null && value !== undefined && value !== '' && value !== 0 && value !== '0' && value !== false

/**
 * Tells whether a body without an answer in it reports a failure.
 * @param mayBeNews Whether it may be an event of an unknown kind: a message alone is then no failure.
 */
export function saysFailure(body: unknown, mayBeNews = false): boolean {
  if (!isObject(body)) return (typeof body === 'string' || Array.isArray(body)) && readError(body).message !== undefined
  if (saysError(body['error']) || saysError(body['errors'])) return true
  if (body['object'] === 'error' || body['type'] === 'error' || body['success'] === false) return true
  const status = countOf(objectOf(body['base_resp'])?.['status_code'])
  if (status !== undefined && status !== 0) return true
  if (mayBeNews && !looksLikeFailure(body)) return false
  return readError(body).message !== undefined
}

/** Tells whether a body has the shape of an error. One that is part of an answer (`id`, `usage`) or names another type has not. */
function looksLikeFailure({ object, type, id, usage }: JsonObject): boolean {
  const isNamed = typeof object === 'string' || (typeof type === 'string' && !type.toLowerCase().includes('error'))
  return !isNamed && id === undefined && usage === undefined
}

interface Found {
  readonly messages: string[]
  readonly codes: string[]
  status: number | undefined
}

function collect(body: unknown, depth: number): Found {
  const found: Found = { messages: [], codes: [], status: undefined }
  const visit = (value: unknown, left: number): void => {
    if (left === 0) return
    if (Array.isArray(value)) for (const item of value.slice(0, 10)) visit(item, left - 1)
    else if (typeof value === 'string') visitText(value, left)
    else if (isObject(value)) visitObject(value, left)
  }
  const visitText = (text: string, left: number): void => {
    const begin = text.trimStart().charAt(0)
    const wrapped = (begin === '{' || begin === '[') && text.length <= longestWrapped ? parseJson(text) : undefined
    if (isObject(wrapped) || Array.isArray(wrapped)) visit(wrapped, left - 1)
    // The HTML page of a proxy holds no message for a client.
    else if (search(/^\s{0,100}<[a-z!?]/i, text) === null) found.messages.push(text)
  }
  const visitObject = (object: JsonObject, left: number): void => {
    for (const field of inner) if (typeof object[field] === 'object') visit(object[field], left - 1)
    const place = arrayOf(object['loc']).join('.')
    for (const field of messageFields) {
      const message = stringOf(object[field])
      if (message !== undefined) visitText(place === '' ? message : `${place}: ${message}`, left)
    }
    for (const field of codeFields) {
      const code = object[field]
      if (typeof code !== 'string' && typeof code !== 'number') continue
      found.status ??= statusIn(code)
      if (code !== '' && code !== 0) found.codes.push(String(code))
    }
    const base = objectOf(object['base_resp'])
    if (base !== undefined) {
      found.codes.push(`base_resp.${String(base['status_code'])}`)
      visit(base['status_msg'], left - 1)
    }
    for (const detail of arrayOf(object['details'])) {
      const reason = stringOf(objectOf(detail)?.['reason'])
      if (reason !== undefined) found.codes.push(reason)
    }
    visit(objectOf(object['metadata'])?.['raw'], left - 1)
    visit(objectOf(object['innererror']), left - 1)
  }
  visit(body, depth)
  return found
}

/** Where an error may be wrapped, the outermost first. */
const inner = ['error', 'errors', 'detail'] as const
/** The more specific field comes first. */
const messageFields = [
  'message',
  'msg',
  'error_message',
  'error_msg',
  'Message',
  'error',
  'detail',
  'error_description',
  'title',
] as const
const codeFields = ['code', 'error_code', 'type', 'status', 'status_code', '__type'] as const

function statusIn(code: string | number): number | undefined {
  const status = Number(code)
  return Number.isInteger(status) && status >= 400 && status < 600 ? status : undefined
}
