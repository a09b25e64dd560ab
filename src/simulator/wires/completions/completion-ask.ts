import { BadAsk, type Ask } from '../../ask.ts'
import { asInteger, asString, type JsonObject } from '../../json.ts'
import { simulatedWord, splitTokens } from '../../simulated-text.ts'
import { openaiAsk } from '../openai-ask.ts'

/** A legacy completion asks for `n` choices of each prompt: choices are counted prompt by prompt (contract 7.1). */
export interface CompletionAsk extends Ask {
  readonly prompts: readonly (readonly string[])[]
  readonly choicesPerPrompt: number
  readonly bestOf: number
  readonly echo: boolean
  /** Rivals to show for each token; null = no logprobs. */
  readonly logprobs: number | null
}

export function completionAsk(body: JsonObject): CompletionAsk {
  const prompts = promptTokens(body['prompt'])
  const shared = openaiAsk(body)
  const bestOf = asInteger(body['best_of']) ?? shared.choices
  if (bestOf < shared.choices) throw new BadAsk(`"best_of" (${bestOf}) must not be less than "n" (${shared.choices}).`)
  return {
    ...shared,
    prompts,
    choices: shared.choices * prompts.length,
    choicesPerPrompt: shared.choices,
    bestOf,
    echo: body['echo'] === true,
    logprobs: asInteger(body['logprobs']),
    promptTokens:
      prompts.reduce((sum, prompt) => sum + prompt.length, 0) + splitTokens(asString(body['suffix']) ?? '').length,
    prefill: null,
    maxTokens: asInteger(body['max_tokens']),
    tools: [],
    calling: 'forbidden',
  }
}

/** Each prompt as its tokens. A token id stands for a word of the simulator's own vocabulary. */
function promptTokens(prompt: unknown): readonly (readonly string[])[] {
  if (typeof prompt === 'string') return [splitTokens(prompt)]
  if (isArrayOf(prompt, isTokenId)) return [prompt.map(tokenWord)]
  if (isArrayOf(prompt, isText)) return prompt.map(splitTokens)
  if (isArrayOf(prompt, isTokenIds)) return prompt.map((ids) => ids.map(tokenWord))
  throw new BadAsk('"prompt" must be a string, a list of strings, a list of token ids, or a list of such lists.')
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isTokenId = (value: unknown): value is number => asInteger(value) !== null && Number(value) >= 0
const isTokenIds = (value: unknown): value is readonly number[] => isArrayOf(value, isTokenId)

function isArrayOf<Member>(
  value: unknown,
  isMember: (member: unknown) => member is Member,
): value is readonly Member[] {
  return Array.isArray(value) && value.length > 0 && value.every(isMember)
}

const tokenWord = (id: number): string => ` ${simulatedWord(id)}`
