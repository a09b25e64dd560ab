import { behaviours } from '../../../src/simulator/behaviours.ts'
import { behaving, startGateway, type TestGateway } from '../../gateway.ts'

/** The result for a client: an answer, an HTTP status, or an error after the reply has begun (contract §4.4, row 37). */
export type Outcome = 'answer' | { readonly status: number } | { readonly broken: number }

export interface Reply {
  readonly behaviour: string
  readonly model: string
  readonly json: Outcome
  readonly stream: Outcome
}

/** The values for the placeholders of a behaviour's pattern. */
const samples: Readonly<Record<string, readonly string[]>> = {
  '<n>': ['0', '2'],
  '<ms>': ['20'],
  '<s>': ['60'],
  '<p>': ['1000'],
  '<c>': ['500'],
  '<code>': '400 401 402 403 404 408 413 422 429 500 502 503 504 524 529'.split(' '),
  '<reason>': 'stop length tool_calls content_filter end_turn MAX_TOKENS SAFETY error unheard_of'.split(' '),
}

/** An upstream's status as the client of a single endpoint receives it; the others stay as they are (contract §5.5). */
const mapped: Readonly<Record<string, number>> = { 401: 502, 402: 502, 403: 502, 408: 504, 500: 502, 524: 504 }

const refused = (status: number) => ({ json: { status }, stream: { status } })

/** The results of behaviours that do not end in an answer, where no other endpoint can give one. The first that matches counts. */
const failures: readonly (readonly [RegExp, (name: string) => Pick<Reply, 'json' | 'stream'>])[] = [
  [/^status-/, (name) => refused(mapped[name.slice(7)] ?? Number(name.slice(7)))],
  [/^(context-length|content-filter)$/, () => refused(400)],
  [/^retry-after-60$/, () => refused(429)],
  [/^(blackhole|stall-after-0)$/, () => refused(504)],
  [/^stall-after-2$/, () => ({ json: { status: 504 }, stream: { broken: 504 } })],
  [/^(cut|eof|error|malformed)-after-2$/, () => ({ json: { status: 502 }, stream: { broken: 502 } })],
  [/^no-finish$/, () => ({ json: { broken: 502 }, stream: { broken: 502 } })],
  [
    /^(reset|error-in-200|empty|tokens-0|huge-frame|endless-line|(cut|eof|error|malformed)-after-0)$/,
    () => refused(502),
  ],
]

const combinations = [
  'reasoning+tool-call',
  'reasoning-field+parallel-tool-calls+fragment-bytes',
  'reasoning+citations+image+crlf',
  'audio+comments+no-done',
  'refusal+no-usage',
]

/** Every behaviour of the simulator and some combinations, each as a model of its own at a single provider. */
export const everyReply: readonly Reply[] = [
  ...behaviours.flatMap(({ pattern }) => namesOf(pattern)),
  ...combinations,
].map((behaviour) => {
  const outcomes = failures.find(([name]) => name.test(behaviour))?.[1](behaviour)
  return {
    behaviour,
    model: `sim/${behaviour.replaceAll('+', '.')}`,
    ...(outcomes ?? { json: 'answer', stream: 'answer' }),
  }
})

/** A model that takes ten seconds, for a client that disconnects earlier. */
export const slowly = 'tokens-200+pace-50'

function namesOf(pattern: string): readonly string[] {
  const [placeholder] = /<\w+>/.exec(pattern) ?? []
  if (placeholder === undefined) return [pattern]
  const values = samples[placeholder]
  if (values === undefined) throw new Error(`Give a sample value for ${placeholder} of the behaviour ${pattern}.`)
  return values.flatMap((value) => namesOf(pattern.replace(placeholder, value)))
}

/** Starts a gateway with all of them. Its timeouts and buffers are small enough for a test. */
export const startEveryReply = (): Promise<TestGateway> =>
  startGateway({
    models: {
      ...Object.fromEntries(everyReply.map(({ behaviour, model }) => [model, behaving(behaviour)])),
      'sim/failover': behaving('reset', 'steady'),
      [`sim/${slowly}`]: behaving(slowly),
    },
    timeouts: { first_token_ms: 1500, idle_ms: 1500, total_ms: 4000 },
    limits: { frame_mb: 1, body_mb: 1 },
  })

/** Starts a gateway that begins its streams with comments, because the answer or the failure is late (contract §4.1). */
export const startLate = (): Promise<TestGateway> =>
  startGateway({
    models: {
      'sim/late': behaving('slow-first-token-200'),
      'sim/late-failure': behaving('slow-first-token-200+status-503'),
    },
    keepalive_ms: 20,
  })
