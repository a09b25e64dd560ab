import type { AnswerEvent } from '../canonical/generation-event.ts'
import type { TextRequest } from '../canonical/generation-request.ts'
import { type JsonFormat, jsonFormatOf, wantedJson } from '../canonical/json-format.ts'
import { isObject, parseJson } from '../util/json.ts'
import { repairJson } from '../util/json-repair/repair-json.ts'
import { fitsSchema, schemaSteps } from '../util/json-schema/fits-schema.ts'
import { every, type Truth } from '../util/json-schema/truth.ts'
import { definePlugin } from './plugin.ts'

/** Answers are shorter. To repair a longer one would block the event loop for more than a second. */
const longestAnswer = 1_000_000

export default definePlugin({
  id: 'response-healing',
  order: 70,
  title: 'ResponseHealingPlugin',
  description: 'Repairs JSON that the model wrote badly.',
  settings: {},
  start: () => {
    let format: JsonFormat | null = null
    return {
      onRequest(request: TextRequest): TextRequest {
        format = request.operation === 'chat' && !request.stream ? jsonFormatOf(request.parameters) : null
        return format === null ? request : { ...request, repairsAnswer: true }
      },
      onResult(answer, { generation: { pipeline } }) {
        const asked = format
        if (asked === null) return answer
        const healed = [...completeChoices(answer)].flatMap((choice) => heal(answer, choice, asked) ?? [])
        if (healed.length === 0) return answer
        pipeline.push({
          type: 'response_healing',
          name: 'response-healing',
          data: {
            repairs: [...new Set(healed.flatMap(({ repairs }) => repairs))],
            fits_response_format: every(healed, ({ fits }) => fits),
          },
        })
        const texts = new Map(healed.map(({ choice, text }) => [choice, text]))
        return [...withTexts(answer, texts)]
      },
    }
  },
})

interface Healed {
  readonly choice: number
  readonly text: string
  readonly repairs: readonly string[]
  readonly fits: Truth
}

/** Lists the choices that the model ended itself. An answer that was cut or filtered stays as it is. */
function* completeChoices(answer: readonly AnswerEvent[]): Generator<number, void, void> {
  for (const event of answer) if (event.type === 'finish' && event.reason === 'stop') yield event.choice
}

/** Repairs the text of one choice. Null where it is JSON already, or holds none. */
function heal(answer: readonly AnswerEvent[], choice: number, format: JsonFormat): Healed | null {
  let text = ''
  for (const event of answer) if (event.type === 'text-delta' && event.choice === choice) text += event.text
  if (text.length > longestAnswer || parseJson(text) !== undefined) return null
  const repaired = repairJson(text, wantedJson(format))
  const value = repaired === null ? undefined : parseJson(repaired.text)
  if (repaired === null || value === undefined) return null
  const fits = format.type === 'json_object' ? isObject(value) : fitsSchema(value, format.schema, schemaSteps())
  return { choice, ...repaired, fits }
}

/** Puts each repaired text in the place of the last piece of its choice. Citations lose their positions, which were in the old text. */
function* withTexts(answer: readonly AnswerEvent[], texts: ReadonlyMap<number, string>): Generator<AnswerEvent> {
  const last = new Map<number, number>()
  for (const [index, event] of answer.entries()) if (event.type === 'text-delta') last.set(event.choice, index)
  for (const [index, event] of answer.entries()) {
    const text = 'choice' in event ? texts.get(event.choice) : undefined
    if (text === undefined) yield event
    else if (event.type === 'text-delta') {
      yield { ...event, text: last.get(event.choice) === index ? text : '' }
    } else if (event.type === 'annotation' && event.annotation.type === 'url-citation') {
      const { startIndex: _, endIndex: __, ...annotation } = event.annotation
      yield { ...event, annotation }
    } else yield event
  }
}
