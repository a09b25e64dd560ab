import { trimEnd } from '../util/trim-end.ts'
import { arrayOf, isObject, type JsonObject, numberOf, parseJson, stringOf } from '../util/json.ts'

/*
 * This formatter replaces pino-pretty, which formats any log and brings thirteen packages. It cannot group the fields of a request's line,
 * and does not treat its texts as text of clients.
 */

const levels: Readonly<Record<number, { readonly name: string; readonly colour: number }>> = {
  20: { name: 'debug', colour: 90 },
  30: { name: 'info', colour: 32 },
  40: { name: 'warn', colour: 33 },
  50: { name: 'error', colour: 31 },
}
const dim = 90

/** Formats a JSON line of the log as text: time, level, what happened, and below it the failures. */
export function prettyLine(json: string, colours: boolean): string {
  const line = parseJson(json)
  if (!isObject(line)) return json
  const paint = (colour: number, text: string): string => (colours ? `\u001B[${colour}m${text}\u001B[0m` : text)
  const { name, colour } = levels[numberOf(line['level']) ?? 30] ?? { name: 'log', colour: dim }
  const head = `${paint(dim, localTime(line['time']))} ${paint(colour, name.padEnd(5))} `
  const [first = '', ...below] = line['msg'] === 'request' ? requestLines(line) : otherLines(line)
  return `${head}${plain(first)}\n${below.map((text) => `    ${paint(dim, plain(text))}\n`).join('')}`
}

function localTime(time: unknown): string {
  const date = new Date(stringOf(time) ?? '')
  return Number.isNaN(date.getTime()) ? '' : date.toTimeString().slice(0, 8)
}

function requestLines(line: JsonObject): readonly string[] {
  const { completionTokens, failures } = line
  const texts = [
    `${shown(line['method'])} ${shown(line['path'])} ${line['aborted'] === true ? 'client left' : shown(line['status'])}`,
    `${shown(line['ms'])} ms`,
    shown(line['model']) + after(' at ', line['provider']),
    typeof completionTokens === 'number' ? `${shown(line['promptTokens'])} + ${completionTokens} tokens` : '',
    typeof completionTokens === 'number' ? `$${decimal(line['cost'])}` : '',
    shown(line['error']),
    after('key ', line['key']),
    shown(line['generationId'] ?? line['requestId']),
  ]
  return [texts.filter((text) => text !== '').join('  '), ...arrayOf(failures).filter(isObject).map(failureLine)]
}

const failureLine = (failure: JsonObject): string =>
  `${shown(failure['provider'])} failed after ${shown(failure['ms'])} ms` +
  after(' with status ', failure['upstreamStatus']) +
  after(': ', failure['error']) +
  after(', ', failure['cause'] === failure['error'] ? undefined : failure['cause'])

/** Returns a value as text; the empty text where there is no value. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function after(words: string, value: unknown): string {
  const text = shown(value)
  return text === '' ? '' : words + text
}

/** Writes a number without an exponent, which JavaScript uses for small amounts. */
const decimal = (amount: unknown): string => trimEnd(trimEnd((numberOf(amount) ?? 0).toFixed(9), '0'), '.')

const known: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'err', 'problems'])

function otherLines(line: JsonObject): readonly string[] {
  const fields = Object.entries(line).filter(([name]) => !known.has(name))
  const texts = [shown(line['msg']), ...fields.map(([name, value]) => `${name}=${shown(value)}`)]
  const error = isObject(line['err']) ? line['err'] : undefined
  const stack = stringOf(error?.['stack']) ?? shown(error?.['message'])
  const problems = arrayOf(line['problems']).map(shown)
  return [texts.join('  '), ...problems, ...stack.split('\n').map((text) => text.trim())].filter((text) => text !== '')
}

/** Replaces control characters: texts of clients and providers may contain escape sequences that change the terminal. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '�')
