import { answer } from './answer.ts'
import { BadAsk } from './ask.ts'
import type { BehaviourChoice } from './behaviour-choice.ts'
import type { Failure } from './conduct.ts'
import { deliverStream } from './deliver-stream.ts'
import { deliverWhole } from './deliver-whole.ts'
import type { JournalDraft } from './journal.ts'
import { isObject } from './json.ts'
import type { Outlet } from './outlet.ts'
import { streamSteps } from './stream-steps.ts'
import type { Exchange, Wire } from './wires/wire.ts'

/** What a stream or a 200 says that turns out to be an error. */
const lateFailure: Failure = { status: 500, message: 'The provider failed while it was answering.' }
/** Anthropic's words for it. */
const noPrefill: Failure = {
  status: 400,
  message: 'This model does not support assistant message prefill. The conversation must end with a user message.',
}

/** From the parsed body of a request to the last byte of its reply. */
export async function reply(
  wire: Wire,
  body: unknown,
  path: string,
  behaviours: BehaviourChoice,
  entry: JournalDraft,
  outlet: Outlet,
): Promise<void> {
  const exchange = unlessBad(() => open(wire, body, path))
  if (exchange instanceof BadAsk) return refuse(wire, { status: 400, message: exchange.message }, null, outlet)
  const { ask } = exchange
  const { name, conduct } = behaviours.choose(ask.model)
  entry.behaviour = name
  if (conduct.connection === 'reset') {
    if (conduct.firstTokenMs > 0) await outlet.pause(conduct.firstTokenMs)
    return outlet.reset()
  }
  if (conduct.connection === 'blackhole') return outlet.untilClosed()
  const failure = conduct.failure ?? (conduct.noPrefill && ask.prefill !== null ? noPrefill : null)
  if (failure !== null) {
    if (conduct.firstTokenMs > 0) await outlet.pause(conduct.firstTokenMs)
    return refuse(wire, failure, conduct.retryAfter, outlet)
  }
  const given = unlessBad(() => answer(ask, conduct))
  if (given instanceof BadAsk) return refuse(wire, { status: 400, message: given.message }, null, outlet)
  const late = wire.failure(lateFailure)
  if (ask.stream) {
    const steps = streamSteps(exchange.frames(given, conduct), wire.framing, late, conduct)
    return deliverStream(outlet, entry, steps, wire.framing, conduct)
  }
  const chunks = given.choices.reduce((sum, { pieces }) => sum + pieces.length, 0)
  return deliverWhole(outlet, exchange.whole(given, conduct), late, chunks, conduct)
}

/** Model ids are remembered: those of providers are far shorter. */
const longestModel = 512

function open(wire: Wire, body: unknown, path: string): Exchange {
  if (!isObject(body)) throw new BadAsk('The body must be a JSON object.')
  const exchange = wire.open(body, path)
  const { length } = exchange.ask.model
  if (length > longestModel) throw new BadAsk(`The model id has ${length} characters; the longest has ${longestModel}.`)
  return exchange
}

function unlessBad<Value>(make: () => Value): Value | BadAsk {
  try {
    return make()
  } catch (error) {
    if (error instanceof BadAsk) return error
    throw error
  }
}

function refuse(wire: Wire, failure: Failure, retryAfter: number | null, outlet: Outlet): void {
  if (outlet.closed()) return
  const type = { 'content-type': 'application/json', ...wire.failureHeaders?.(failure) }
  const headers = retryAfter === null ? type : { ...type, 'retry-after': String(retryAfter) }
  outlet.whole(failure.status, headers, JSON.stringify(wire.failure(failure)))
}
