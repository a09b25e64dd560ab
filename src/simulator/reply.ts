import { answer } from './answer.ts'
import type { BehaviourChoice } from './behaviour-choice.ts'
import { deliverStream } from './deliver-stream.ts'
import { deliverWhole } from './deliver-whole.ts'
import type { JournalDraft } from './journal.ts'
import { isObject } from './json.ts'
import { InvalidRequest } from './parsed-request.ts'
import type { ReplyEncoder, Protocol } from './protocols/protocol.ts'
import type { Failure } from './reply-settings.ts'
import type { ReplyWriter } from './reply-writer.ts'
import { streamSteps } from './stream-steps.ts'

/** The error in a stream, or in a 200, that fails in the middle. */
const lateFailure: Failure = { status: 500, message: 'The provider failed while it was answering.' }
/** Anthropic's message for this case. */
const noPrefill: Failure = {
  status: 400,
  message: 'This model does not support assistant message prefill. The conversation must end with a user message.',
}

/** Handles one request, from its parsed body to the last byte of the reply. */
export async function reply(
  protocol: Protocol,
  body: unknown,
  path: string,
  behaviours: BehaviourChoice,
  entry: JournalDraft,
  writer: ReplyWriter,
): Promise<void> {
  const encoder = orInvalid(() => open(protocol, body, path))
  if (encoder instanceof InvalidRequest)
    return refuse(protocol, { status: 400, message: encoder.message }, null, writer)
  const { request } = encoder
  const { name, settings } = behaviours.choose(request.model)
  entry.model = request.model
  entry.behaviour = name
  if (settings.connection === 'reset') {
    if (settings.firstTokenMs > 0) await writer.pause(settings.firstTokenMs)
    return writer.reset()
  }
  if (settings.connection === 'blackhole') return writer.untilClosed()
  const failure = settings.failure ?? (settings.noPrefill && request.prefill !== null ? noPrefill : null)
  if (failure !== null) {
    if (settings.firstTokenMs > 0) await writer.pause(settings.firstTokenMs)
    return refuse(protocol, failure, settings.retryAfter, writer)
  }
  const given = orInvalid(() => answer(request, settings))
  if (given instanceof InvalidRequest) return refuse(protocol, { status: 400, message: given.message }, null, writer)
  const late = protocol.failure(lateFailure)
  if (request.stream) {
    const framing = encoder.framing ?? protocol.framing
    const steps = streamSteps(encoder.frames(given, settings), framing, late, settings)
    return deliverStream(writer, entry, steps, framing, settings)
  }
  const chunks = given.choices.reduce((sum, { pieces }) => sum + pieces.length, 0)
  return deliverWhole(writer, encoder.whole(given, settings), late, chunks, settings)
}

/** The limit exists because model ids are kept in memory. The ids of providers are far shorter. */
const longestModel = 512

function open(protocol: Protocol, body: unknown, path: string): ReplyEncoder {
  if (!isObject(body)) throw new InvalidRequest('The body must be a JSON object.')
  const encoder = protocol.open(body, path)
  const { length } = encoder.request.model
  if (length > longestModel)
    throw new InvalidRequest(`The model id has ${length} characters; the longest has ${longestModel}.`)
  return encoder
}

function orInvalid<Value>(make: () => Value): Value | InvalidRequest {
  try {
    return make()
  } catch (error) {
    if (error instanceof InvalidRequest) return error
    throw error
  }
}

function refuse(protocol: Protocol, failure: Failure, retryAfter: number | null, writer: ReplyWriter): void {
  if (writer.closed()) return
  const type = { 'content-type': 'application/json', ...protocol.failureHeaders?.(failure) }
  const headers = retryAfter === null ? type : { ...type, 'retry-after': String(retryAfter) }
  writer.whole(failure.status, headers, JSON.stringify(protocol.failure(failure)))
}
