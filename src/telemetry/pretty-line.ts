import { trimEnd } from '../util/trim-end.ts'
import { arrayOf, isObject, type JsonObject, numberOf, parseJson, stringOf } from '../util/json.ts'

/*
 * A formatter of our own: pino-pretty does the same for any log, with thirteen packages of its own, and would know neither what belongs
 * together in a request's line nor that its texts come from clients.
 */

const levels: Readonly<Record<number, { readonly name: string; readonly colour: number }>> = {
  20: { name: 'debug', colour: 90 },
  30: { name: 'info', colour: 32 },
  40: { name: 'warn', colour: 33 },
  50: { name: 'error', colour: 31 },
}
const dim = 90

/** Makes a JSON line of the log one for people: time, level, what happened, and below it what failed. */
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
  const said = [
    `${shown(line['method'])} ${shown(line['path'])} ${line['aborted'] === true ? 'client left' : shown(line['status'])}`,
    `${shown(line['ms'])} ms`,
    shown(line['model']) + after(' at ', line['provider']),
    typeof completionTokens === 'number' ? `${shown(line['promptTokens'])} + ${completionTokens} tokens` : '',
    typeof completionTokens === 'number' ? `$${decimal(line['cost'])}` : '',
    shown(line['error']),
    after('key ', line['key']),
    shown(line['generationId'] ?? line['requestId']),
  ]
  return [said.filter((text) => text !== '').join('  '), ...arrayOf(failures).filter(isObject).map(failureLine)]
}

const failureLine = (failure: JsonObject): string =>
  `${shown(failure['provider'])} failed after ${shown(failure['ms'])} ms` +
  after(' with status ', failure['upstreamStatus']) +
  after(': ', failure['error']) +
  after(', ', failure['cause'] === failure['error'] ? undefined : failure['cause'])

/** A value as text; nothing where there is none. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function after(words: string, value: unknown): string {
  const text = shown(value)
  return text === '' ? '' : words + text
}

/** Without an exponent, which small amounts would be written with. */
const decimal = (amount: unknown): string => trimEnd(trimEnd((numberOf(amount) ?? 0).toFixed(9), '0'), '.')

const known: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'err'])

function otherLines(line: JsonObject): readonly string[] {
  const fields = Object.entries(line).filter(([name]) => !known.has(name))
  const said = [shown(line['msg']), ...fields.map(([name, value]) => `${name}=${shown(value)}`)]
  const error = isObject(line['err']) ? line['err'] : undefined
  const stack = stringOf(error?.['stack']) ?? shown(error?.['message'])
  return [said.join('  '), ...stack.split('\n').map((text) => text.trim())].filter((text) => text !== '')
}

/** Texts of clients and providers may hold what a terminal obeys. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '�')
