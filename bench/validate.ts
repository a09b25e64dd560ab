/** In this process: what checking a chat request costs beside parsing it. */
import { ChatCompletionsRequestSchema } from '../src/protocols/chat-completions/schema/request.ts'
import { chatRequestRules } from '../src/protocols/schema/request-rules.ts'
import { compileValidator } from '../src/protocols/schema/validate.ts'
import { median } from './statistics.ts'
import { conversation, model } from './traffic.ts'

export interface ValidateRow {
  readonly messages: number
  /** Microseconds, medians over batches. */
  readonly parse: number
  readonly validate: number
  /** Median of `validate / parse` of neighbouring batches. */
  readonly ratio: number
}

const batches = 200
const batchMs = 4

export function measureValidate(): ValidateRow[] {
  const check = compileValidator(ChatCompletionsRequestSchema, chatRequestRules)
  return [12, 300].map((messages) => {
    const text = JSON.stringify({ model, temperature: 0.7, max_tokens: 512, messages: conversation(messages) })
    const body: unknown = JSON.parse(text)
    const result = check(body)
    if (!result.ok) throw new Error(`the validator refuses the bench's request: ${JSON.stringify(result.issues)}`)
    return {
      messages,
      ...compare(
        () => JSON.parse(text),
        () => check(body),
      ),
    }
  })
}

/** Batches of both in turn, after as many that are thrown away. */
function compare(parse: () => unknown, validate: () => unknown): Omit<ValidateRow, 'messages'> {
  const pairs = Array.from({ length: batches * 2 }, () => ({ parse: batch(parse), validate: batch(validate) }))
  const kept = pairs.slice(batches)
  return {
    parse: median(kept.map((pair) => pair.parse)),
    validate: median(kept.map((pair) => pair.validate)),
    ratio: median(kept.map((pair) => pair.validate / pair.parse)),
  }
}

/** Microseconds a call. The results are looked at, so that the compiler cannot leave the calls out. */
function batch(call: () => unknown): number {
  const begin = performance.now()
  let calls = 0
  let seen = 0
  while (performance.now() - begin < batchMs) {
    for (let index = 0; index < 20; index++) if (call() !== null) seen++
    calls += 20
  }
  if (seen !== calls) throw new Error('a call answered nothing')
  return ((performance.now() - begin) * 1000) / calls
}
