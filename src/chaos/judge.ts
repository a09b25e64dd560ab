import { simulatedText } from '../simulator/simulated-text.ts'
import type { Answer } from './ask.ts'
import { type Call, type Finding, healthy, type Stage } from './fault.ts'
import type { Shape } from './shape.ts'

const answerText = simulatedText(60)

/** Tells whether the client got the whole answer of a healthy provider. */
export const isWhole = ({ type, text }: Answer): boolean => type === 'complete' && text === answerText

/** Describes what the client got. */
export function describe(answer: Answer): string {
  const { type, text, status, inStream, message, tookMs, provider } = answer
  const words = text === '' ? 0 : text.trim().split(/\s+/).length
  const after = words > 0 ? ` after ${words} words` : ''
  const took = `in ${(tookMs / 1000).toFixed(1)} s`
  if (type === 'complete') {
    const from = provider === null ? '' : ` from ${provider}`
    return isWhole(answer) ? `the whole answer${from} ${took}` : `${words} words that look complete${from}, ${took}`
  }
  if (type === 'error') {
    const named = status === 0 ? 'error' : `error ${status}`
    return `${named}${inStream ? ' in the stream' : ''}${after} ${took}: ${cut(message).replace(/\.$/, '')}`
  }
  return type === 'left' ? `the client left${after}` : `no end${after} ${took}`
}

const cut = (message: string): string => (message.length > 160 ? `${message.slice(0, 160)}…` : message)

/**
 * Lists what is wrong with an answer under every fault: it never ends, it is incomplete and looks complete, an error is the gateway's own,
 * or it is about the operator's affairs with a provider, which the client can do nothing about.
 */
export function wrongsOf(answer: Answer): readonly string[] {
  const { type, status, message, quoted } = answer
  return when([
    [type === 'hung', `the request did not end: ${message}`],
    [type === 'complete' && !isWhole(answer), 'an answer that is not the provider’s looks complete to the client'],
    [type === 'error' && status === 500, 'the gateway reports a fault of its own (500)'],
    [
      type === 'error' && [401, 402, 403].includes(status),
      'the client gets the provider’s refusal of the operator’s key',
    ],
    [
      type === 'error' && /prefill/i.test(message + quoted),
      'the client gets an error about a prefill that it did not send',
    ],
  ])
}

/** Returns the texts whose condition holds. */
export const when = (rules: readonly (readonly [boolean, string])[]): readonly string[] =>
  rules.flatMap(([holds, text]) => (holds ? [text] : []))

/** Returns the calls of one endpoint. */
export const callsOf = (calls: readonly Call[], place: number): readonly Call[] =>
  calls.filter((call) => call.place === place)

/** What is different from the usual fault of one request. */
interface OneRequest {
  /** How the first choice behaves. */
  readonly first: string
  /** How all others behave. Default: healthy. */
  readonly others?: string
  readonly ask?: Parameters<Stage['ask']>[0]
  /** Lists what is wrong beyond what is wrong under every fault. */
  readonly wrongs?: (answer: Answer, calls: readonly Call[], stage: Stage) => readonly string[]
  /** Whether the answer is the right one. Default: whether it is whole. */
  readonly survived?: (answer: Answer, calls: readonly Call[]) => boolean
}

/** Plays a fault that one request meets at the first choice, and then asks once more, when all providers are healthy again. */
export const oneRequest =
  ({ first, others, ask, wrongs, survived = isWhole }: OneRequest) =>
  async (stage: Stage): Promise<Finding> => {
    const all = [...stage.shape.endpoints.keys()]
    if (others !== undefined) stage.behave(all, others)
    stage.behave(0, first)
    const answer = await stage.ask(ask)
    const calls = stage.calls()
    stage.behave(all, healthy)
    const next = await stage.ask()
    return {
      survived: survived(answer, calls),
      happened: `${describe(answer)}; ${describeCalls(calls, stage.shape)}`,
      wrongs: [
        ...wrongsOf(answer),
        ...(wrongs?.(answer, calls, stage) ?? []),
        ...when([
          [callsOf(calls, 0).length === 0, 'the first choice was not called, so the fault was not met'],
          [!isWhole(next), `the next request fails although all providers are healthy: ${describe(next)}`],
        ]),
      ],
    }
  }

/** Describes which endpoints were called, in order. */
function describeCalls(calls: readonly Call[], { endpoints }: Shape): string {
  const names = calls.map(({ place }) => endpoints[place]?.tag ?? 'unknown')
  const shown = names.length > 6 ? [...names.slice(0, 6), `${names.length - 6} more`] : names
  return `called ${shown.join(', ') || 'nothing'}`
}

/* What a configuration may lack. Each returns the reason; null where nothing is lacking. */

export const anotherEndpoint = ({ endpoints, models }: Shape): string | null =>
  endpoints.length > 1 ? null : `${models[0]?.slug ?? 'the model'} has one endpoint, and nothing to fall back to`

export const anotherProvider = ({ endpoints }: Shape): string | null =>
  endpoints.some(({ provider }) => provider !== endpoints[0]?.provider)
    ? null
    : `all endpoints are at ${endpoints[0]?.provider ?? 'one provider'}`

export const anotherKeyOrEndpoint = (shape: Shape): string | null =>
  (shape.endpoints[0]?.keys ?? 1) > 1 || shape.endpoints.length > 1
    ? null
    : 'the only endpoint has one key, and nothing to fall back to'

export const rescue = (shape: Shape): string | null =>
  shape.streamRescue
    ? anotherEndpoint(shape)
    : 'stream_rescue is off, so an answer that began is not continued elsewhere'

export const largerContext = ({ endpoints }: Shape): string | null => {
  const [first, ...others] = endpoints
  const limit = first?.contextLength ?? null
  const hasLarger = others.some(
    ({ contextLength, model }) => model !== first?.model || (limit !== null && (contextLength ?? 0) > limit),
  )
  return hasLarger ? null : 'no endpoint has a larger context window, and the request names no other model'
}

export const outageWindow = (shape: Shape): string | null =>
  shape.avoidsOutages ? anotherEndpoint(shape) : 'routing.outage_window_s is 0, so endpoints that fail are not avoided'
