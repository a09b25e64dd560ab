/** Measures, in this process, the cost of the validation of a chat request beside its parsing. */
import { ChatCompletionsRequestSchema } from '../src/protocols/chat-completions/schema/request.ts'
import { chatRequestRules } from '../src/protocols/gateway-fields/schema/request-rules.ts'
import { compileValidator } from '../src/protocols/schema/validate.ts'
import { median } from './statistics.ts'
import { conversation, model } from './traffic.ts'

const check = compileValidator(ChatCompletionsRequestSchema, chatRequestRules)

export interface ValidateRow {
  readonly messages: number
  /** Microseconds: medians over batches. */
  readonly parse: number
  readonly validate: number
  /** The median of `validate / parse` of one batch. */
  readonly ratio: number
}

const batches = 400
const batchSize = 50

export function measureValidate(): ValidateRow[] {
  return [measure(12), measure(300)]
}

function measure(messages: number): ValidateRow {
  const text = JSON.stringify({ model, temperature: 0.7, max_tokens: 512, messages: conversation(messages) })
  // The first half lets the compiler optimise, and is discarded.
  const kept = Array.from({ length: batches * 2 }, () => batch(text)).slice(batches)
  return {
    messages,
    parse: median(kept.map(({ parse }) => parse)),
    validate: median(kept.map(({ validate }) => validate)),
    ratio: median(kept.map(({ parse, validate }) => validate / parse)),
  }
}

/** Every body is parsed again and validated once, as in the gateway, because an object that was validated before is cheaper. */
function batch(text: string): { readonly parse: number; readonly validate: number } {
  const begin = performance.now()
  const bodies = Array.from({ length: batchSize }, (): unknown => JSON.parse(text))
  const parsed = performance.now()
  for (const body of bodies) {
    const result = check(body)
    if (!result.ok) throw new Error(`the validator refuses the bench's request: ${JSON.stringify(result.issues)}`)
  }
  const checked = performance.now()
  return { parse: microseconds(parsed - begin), validate: microseconds(checked - parsed) }
}

function microseconds(milliseconds: number): number {
  return (milliseconds * 1000) / batchSize
}
