import { GatewayError } from '../../canonical/errors.ts'
import type { CallEvent, CallStream } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import { type JsonFormat, jsonFormatOf, wantedJson } from '../../canonical/json-format.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { isObject, parseJson } from '../../util/json.ts'
import { repairJson } from '../../util/json-repair/repair-json.ts'
import type { CallEndpoint } from '../../health/candidate.ts'
import type { EndpointHealth } from '../../health/endpoint-health.ts'
import { fitsSchema, schemaSteps } from '../../util/json-schema/fits-schema.ts'
import type { StepBudget } from '../../util/step-budget.ts'
import type { Truth } from '../../util/json-schema/truth.ts'

/**
 * An answer longer than this is not checked, because parsing it would block the event loop for all requests. Nor are several answers that
 * are much longer together.
 */
const longestAnswer = 100_000
const longestTogether = 1_000_000

/** The native finish reason of an answer that does not fit the response format. It replaces the one of the upstream. */
export const schemaMismatch = 'schema_mismatch'

/**
 * Wraps a call so that complete answers are checked against the JSON format that was asked for, whether or not the upstream enforces it.
 * An answer that does not fit gets a native finish reason that says so, because every client and every record gets that field; for
 * `exacto` it counts as a bad tool call. An answer that cannot be checked passes, and the metadata says so. So does one that a plugin will
 * repair: no other endpoint need be asked.
 */
export const checkAnswers =
  (call: CallEndpoint, health: Pick<EndpointHealth, 'reportToolCalls'>): CallEndpoint =>
  (candidate, request, signal, patience, onSent) => {
    const events = call(candidate, request, signal, patience, onSent)
    const format = checkable(request)
    if (format === null) return events
    const isRepaired = request.repairsAnswer === true
    return checked(events, format, isRepaired, (good) => health.reportToolCalls(candidate.endpoint.id, good))
  }

/** Tells whether an event ends an answer that does not fit the response format. */
export const isUnfit = (event: CallEvent): boolean => event.type === 'finish' && event.isUnfit === true

/** Makes the error because of which another endpoint is asked, as long as nothing was sent. */
export const unfitAnswer = ({ providerName }: Endpoint): GatewayError =>
  new GatewayError('provider_unavailable', 'The answer does not fit the response format.', { providerName })

/** Returns the JSON format to check against; null where there is none, or the answer only continues a message of the client's. */
function checkable({ operation, parameters, input }: GenerationRequest): JsonFormat | null {
  const format = jsonFormatOf(parameters)
  if (operation !== 'chat' || format === null) return null
  return input.type === 'messages' && input.messages.at(-1)?.role === 'assistant' ? null : format
}

async function* checked(
  events: CallStream,
  format: JsonFormat,
  isRepaired: boolean,
  report: (good: boolean) => void,
): CallStream {
  const answers = new Map<number, string>()
  const budget = schemaSteps()
  let read = 0
  let unchecked = false
  const check = (event: CallEvent): CallEvent => {
    if (event.type === 'text-delta') {
      const text = answers.get(event.choice) ?? ''
      if (text.length <= longestAnswer) answers.set(event.choice, text + event.text)
    }
    if (event.type === 'call-end' && unchecked) {
      return { ...event, unchecked: [...(event.unchecked ?? []), 'response_format'] }
    }
    // An answer that was cut, filtered or refused is not complete; with tool calls there may be no answer at all.
    const text = event.type === 'finish' && event.reason === 'stop' ? answers.get(event.choice) : undefined
    if (event.type !== 'finish' || text === undefined) return event
    read += text.length
    const good = text.length > longestAnswer || read > longestTogether ? null : fits(text, format, budget)
    if (good === null) unchecked = true
    else report(good)
    if (good !== false || (isRepaired && canBeRepaired(text, format, budget))) return event
    return { ...event, native: schemaMismatch, isUnfit: true }
  }
  for await (const batch of events) yield batch.map(check)
}

function fits(text: string, format: JsonFormat, budget: StepBudget): Truth {
  const value = parseJson(text)
  if (value === undefined) return false
  return format.type === 'json_object' ? isObject(value) : fitsSchema(value, format.schema, budget)
}

/** Tells whether an answer that does not fit will fit once it is repaired, as far as is known. */
function canBeRepaired(text: string, format: JsonFormat, budget: StepBudget): boolean {
  if (parseJson(text) !== undefined) return false
  const repaired = repairJson(text, wantedJson(format))
  return repaired !== null && fits(repaired.text, format, budget) !== false
}
