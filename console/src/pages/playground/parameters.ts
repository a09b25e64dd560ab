import { type Message, toWire } from './conversation.ts'

export const efforts = ['', 'none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const

/** What is set beside the conversation, as it is written in the fields. */
export interface Parameters {
  readonly system: string
  readonly temperature: string
  readonly top_p: string
  readonly max_tokens: string
  readonly effort: string
  readonly sort: string
  /** JSON of an array of tools. */
  readonly tools: string
  /** JSON of an object with further fields of the request. */
  readonly more: string
}

export const noParameters: Parameters = {
  system: '',
  temperature: '',
  top_p: '',
  max_tokens: '',
  effort: '',
  sort: '',
  tools: '',
  more: '',
}

/**
 * Returns the body of a chat request.
 * @throws Error for JSON that is none
 */
export function bodyOf(
  model: string,
  messages: readonly Message[],
  parameters: Parameters,
): Readonly<Record<string, unknown>> {
  const { system, effort, sort, tools, more } = parameters
  const number = (name: 'temperature' | 'top_p' | 'max_tokens') =>
    parameters[name] === '' ? {} : { [name]: Number(parameters[name]) }
  return {
    model,
    messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...messages.map(toWire)],
    ...number('temperature'),
    ...number('top_p'),
    ...number('max_tokens'),
    ...(effort !== '' && { reasoning: { effort } }),
    ...(sort !== '' && { provider: { sort } }),
    ...(tools.trim() !== '' && { tools: parse('Tools', tools, Array.isArray) }),
    ...(more.trim() !== '' && parse('Further fields', more, isRecord)),
    stream: true,
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse<Kind>(name: string, text: string, is: (value: unknown) => value is Kind): Kind {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`${name}: this is no JSON. ${error instanceof Error ? error.message : ''}`, { cause: error })
  }
  if (!is(value)) throw new Error(`${name}: this must be ${is === Array.isArray ? 'an array' : 'an object'} of JSON.`)
  return value
}
