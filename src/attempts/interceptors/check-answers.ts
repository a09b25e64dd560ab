import { GatewayError } from '../../canonical/errors.ts'
import type { CallEvent, CallStream } from '../../canonical/generation-event.ts'
import type { GenerationRequest, ResponseFormat } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { isObject, parseJson } from '../../util/json.ts'
import type { CallEndpoint } from '../../health/candidate.ts'
import type { EndpointHealth } from '../../health/endpoint-health.ts'
import { fitsSchema, schemaSteps } from './fits-schema.ts'
import type { StepBudget } from './json-schema/step-budget.ts'
import type { Truth } from './json-schema/truth.ts'

/** An answer longer than this is not checked, nor are several that are much longer together: reading them would hold everybody up. */
const longestAnswer = 100_000
const longestTogether = 1_000_000

/** What takes the place of the upstream's own word for the end of an answer that is not as it was asked to be. */
export const schemaMismatch = 'schema_mismatch'

/**
 * Holds complete answers to the JSON that was asked for, whether or not the upstream promised to. What does not fit says so in its native
 * finish reason, the one word about its end that every client and every record gets; `exacto` hears of it as of a bad tool call. What
 * cannot be checked passes, and the metadata says so.
 */
export const checkAnswers =
  (call: CallEndpoint, health: Pick<EndpointHealth, 'reportToolCalls'>): CallEndpoint =>
  (candidate, request, signal, patience, onSent) => {
    const events = call(candidate, request, signal, patience, onSent)
    const format = checkable(request)
    if (format === null) return events
    return checked(events, format, (good) => health.reportToolCalls(candidate.endpoint.id, good))
  }

/** Whether an answer ended that is not as it was asked to be. */
export const isUnfit = (event: CallEvent): boolean => event.type === 'finish' && event.isUnfit === true

/** Why another endpoint is asked as long as nothing was sent. */
export const unfitAnswer = ({ providerName }: Endpoint): GatewayError =>
  new GatewayError('provider_unavailable', 'The answer does not fit the response format.', { providerName })

type JsonFormat = Extract<ResponseFormat, { type: 'json_object' | 'json_schema' }>

/** An answer that goes on from words of the client's is only the rest of one. */
function checkable({ operation, parameters, input }: GenerationRequest): JsonFormat | null {
  const format = parameters.responseFormat
  if (operation !== 'chat' || (format?.type !== 'json_object' && format?.type !== 'json_schema')) return null
  return input.type === 'messages' && input.messages.at(-1)?.role === 'assistant' ? null : format
}

async function* checked(events: CallStream, format: JsonFormat, report: (good: boolean) => void): CallStream {
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
    // Cut, filtered or refused, an answer is not one; instead of one there may be calls.
    const text = event.type === 'finish' && event.reason === 'stop' ? answers.get(event.choice) : undefined
    if (event.type !== 'finish' || text === undefined) return event
    read += text.length
    const good = text.length > longestAnswer || read > longestTogether ? null : fits(text, format, budget)
    if (good === null) unchecked = true
    else report(good)
    return good === false ? { ...event, native: schemaMismatch, isUnfit: true } : event
  }
  for await (const batch of events) yield batch.map(check)
}

function fits(text: string, format: JsonFormat, budget: StepBudget): Truth {
  const value = parseJson(text)
  if (value === undefined) return false
  return format.type === 'json_object' ? isObject(value) : fitsSchema(value, format.schema, budget)
}
