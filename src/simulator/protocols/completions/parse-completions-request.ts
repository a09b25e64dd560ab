import { asInteger, asString, type JsonObject } from '../../json.ts'
import { InvalidRequest, type ParsedRequest } from '../../parsed-request.ts'
import { countWords, simulatedWord, splitTokens } from '../../simulated-text.ts'
import { parseOpenaiFields } from '../parse-openai-fields.ts'
import { requestedAlternatives } from '../token-logprob.ts'

/** A legacy completion asks for `n` choices of each prompt. The choices are numbered prompt by prompt (contract §7.1). */
export interface CompletionsRequest extends ParsedRequest {
  /** The tokens of each prompt, where the choices begin with them. */
  readonly prompts: readonly (readonly string[])[]
  readonly choicesPerPrompt: number
  readonly bestOf: number
  /** The number of alternatives to list for each token; null means no logprobs. */
  readonly logprobs: number | null
}

/** The limit for all prompts together, because each choice gets a text of its own. */
const mostChoices = 1024
/** The limit for the tokens of all echoed prompts, counted once for each of their choices. */
const mostEchoed = 100_000

export function parseCompletionsRequest(body: JsonObject): CompletionsRequest {
  const prompts = promptsOf(body['prompt'])
  const shared = parseOpenaiFields(body)
  const bestOf = asInteger(body['best_of']) ?? shared.choices
  if (bestOf < shared.choices)
    throw new InvalidRequest(`"best_of" (${bestOf}) must not be less than "n" (${shared.choices}).`)
  const choices = shared.choices * prompts.length
  if (choices > mostChoices)
    throw new InvalidRequest(`The simulator makes at most ${mostChoices} choices, not ${choices}.`)
  const words = prompts.reduce((sum, prompt) => sum + wordsIn(prompt), 0)
  const echo = body['echo'] === true
  const echoed = words * shared.choices
  if (echo && echoed > mostEchoed) {
    throw new InvalidRequest(
      `The simulator echoes at most ${mostEchoed} tokens in all choices together, not ${echoed}.`,
    )
  }
  return {
    ...shared,
    prompts: echo ? prompts.map(tokensOf) : [],
    choices,
    choicesPerPrompt: shared.choices,
    bestOf,
    logprobs: asInteger(body['logprobs']) === null ? null : requestedAlternatives(body['logprobs']),
    promptTokens: words + countWords(asString(body['suffix']) ?? ''),
    prefill: null,
    maxTokens: asInteger(body['max_tokens']),
    tools: [],
    calling: 'forbidden',
    results: 0,
  }
}

/** A prompt is text, or token ids. Each id stands for a word of the simulator's own vocabulary. */
type Prompt = string | readonly number[]

function promptsOf(prompt: unknown): readonly Prompt[] {
  if (typeof prompt === 'string' || isArrayOf(prompt, isTokenId)) return [prompt]
  if (isArrayOf(prompt, isText) || isArrayOf(prompt, isTokenIds)) return prompt
  throw new InvalidRequest(
    '"prompt" must be a string, a list of strings, a list of token ids, or a list of such lists.',
  )
}

const wordsIn = (prompt: Prompt): number => (typeof prompt === 'string' ? countWords(prompt) : prompt.length)

const tokensOf = (prompt: Prompt): readonly string[] =>
  typeof prompt === 'string' ? splitTokens(prompt) : prompt.map((id) => ` ${simulatedWord(id)}`)

const isText = (value: unknown): value is string => typeof value === 'string'
const isTokenId = (value: unknown): value is number => asInteger(value) !== null && Number(value) >= 0
const isTokenIds = (value: unknown): value is readonly number[] => isArrayOf(value, isTokenId)

function isArrayOf<Member>(
  value: unknown,
  isMember: (member: unknown) => member is Member,
): value is readonly Member[] {
  return Array.isArray(value) && value.length > 0 && value.every(isMember)
}
