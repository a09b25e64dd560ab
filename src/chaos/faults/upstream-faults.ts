import type { Answer } from '../ask.ts'
import type { Call, Fault, Stage } from '../fault.ts'
import {
  anotherEndpoint,
  anotherKeyOrEndpoint,
  anotherProvider,
  callsOf,
  describe,
  isWhole,
  largerContext,
  oneRequest,
  when,
  wrongsOf,
} from '../judge.ts'

/** What providers do instead of beginning an answer. */
export const upstreamFaults: readonly Fault[] = [
  {
    slug: 'rate-limited-once',
    fault: 'answers the first call with 429 and Retry-After: 1',
    expected: 'The gateway waits for that long, or takes another key or endpoint at once. It never hammers.',
    failoverBench: 'S01',
    play: oneRequest({
      first: 'first-1-retry-after-1+tokens-60',
      wrongs: (_, calls, { shape }) => {
        const [limited, ...later] = callsOf(calls, 0)
        const soon = later.filter(({ at }) => at - (limited?.at ?? at) < 900)
        // Another key has a limit of its own.
        return when([
          [soon.length >= (shape.endpoints[0]?.keys ?? 1), 'the endpoint was called again before Retry-After was over'],
        ])
      },
    }),
  },
  {
    slug: 'rate-limited',
    fault: 'answers every call with 429, without Retry-After',
    expected: 'Another endpoint answers, after at most four calls; with nowhere to go the client gets 429.',
    failoverBench: 'S02',
    lacks: anotherEndpoint,
    play: oneRequest({
      first: 'status-429',
      wrongs: (answer, calls, { shape }) =>
        when([
          [
            callsOf(calls, 0).length > Math.max(4, shape.endpoints[0]?.keys ?? 1),
            `the endpoint was called ${callsOf(calls, 0).length} times`,
          ],
          [
            answer.type === 'error' && ![429, 503].includes(answer.status),
            'the error does not say that the rate is limited',
          ],
        ]),
    }),
  },
  {
    slug: 'server-error-once',
    fault: 'answers the first call with 500',
    expected: 'The same endpoint is called exactly once more, and answers.',
    failoverBench: 'S03',
    play: oneRequest({ first: 'first-1-status-500+tokens-60', wrongs: oneMoreCall }),
  },
  {
    slug: 'unavailable',
    fault: 'answers every call with 503',
    expected: 'Another endpoint answers; with nowhere to go the client gets one clear error.',
    failoverBench: 'S04',
    lacks: anotherEndpoint,
    play: oneRequest({ first: 'status-503', wrongs: (_, calls) => fewCalls(callsOf(calls, 0).length) }),
  },
  {
    slug: 'reset-once',
    fault: 'resets the first connection before the headers',
    expected: 'The same endpoint is called exactly once more, and answers.',
    failoverBench: 'S05',
    play: oneRequest({ first: 'first-1-reset+tokens-60', wrongs: oneMoreCall }),
  },
  {
    slug: 'black-hole',
    fault: 'accepts the request and never answers',
    expected:
      'Another endpoint is called once the limit for the first token is over. The silent one is called only once.',
    failoverBench: 'S06',
    lacks: anotherEndpoint,
    play: oneRequest({ first: 'blackhole', wrongs: inTime }),
  },
  {
    slug: 'slow-first-token',
    fault: 'sends headers at once, and the first token 20 s later',
    expected: 'Another endpoint is called once the limit for the first token is over, and the slow call is cancelled.',
    failoverBench: 'S07',
    lacks: anotherEndpoint,
    play: oneRequest({
      first: 'slow-first-token-20000+tokens-60',
      wrongs: (answer, calls, stage) => [
        ...inTime(answer, calls, stage),
        ...when([[callsOf(calls, 0)[0]?.closedBy !== 'client', 'the slow call was not cancelled']]),
      ],
    }),
  },
  {
    slug: 'error-in-200',
    fault: 'answers 200 with a first chunk that has no content, and then an error',
    expected: 'Nothing of it reaches the client. Another endpoint answers.',
    lacks: anotherEndpoint,
    play: oneRequest({
      first: 'error-in-200',
      wrongs: (answer) =>
        when([[answer.type === 'error' && answer.inStream, 'the client got the frames of the call that failed']]),
    }),
  },
  {
    slug: 'empty',
    fault: 'answers 200 with nothing',
    expected: 'Another endpoint answers; with nowhere to go the client gets an error, and is charged nothing.',
    lacks: anotherEndpoint,
    play: oneRequest({ first: 'empty' }),
  },
  {
    slug: 'context-length',
    fault: 'refuses the prompt as too long (400 context_length_exceeded)',
    expected:
      'The endpoint is not called again. One with a larger window or another model answers, else the client gets the provider’s reason.',
    failoverBench: 'S12',
    lacks: largerContext,
    play: oneRequest({
      first: 'context-length',
      wrongs: (answer, calls) => [...calledOnce(calls), ...reasonGiven(answer, /maximum context length/)],
    }),
  },
  {
    slug: 'content-filter',
    fault: 'refuses the content of the prompt (400 content_filter)',
    expected:
      'The model is not called again. The client gets the provider’s reason, or the answer of another model that it named.',
    failoverBench: 'S13',
    play: oneRequest({
      first: 'content-filter',
      survived: (answer) => isWhole(answer) || (answer.type === 'error' && answer.status < 500),
      wrongs: (answer, calls, { shape: { endpoints } }) => [
        ...calledOnce(calls),
        ...when([
          [
            calls.some(({ place }, index) => index > 0 && endpoints[place]?.model === endpoints[0]?.model),
            'another endpoint of the same model was called',
          ],
        ]),
        ...reasonGiven(answer, /content filter/),
      ],
    }),
  },
  {
    slug: 'key-revoked-once',
    fault: 'refuses the first key (401)',
    expected: 'The next key or endpoint answers. The client never gets the provider’s 401.',
    lacks: anotherKeyOrEndpoint,
    play: oneRequest({ first: 'first-1-status-401+tokens-60' }),
  },
  {
    slug: 'key-revoked',
    fault: 'refuses every key (401)',
    expected:
      'Another endpoint answers, and the next request does not begin with the refused keys. The client never gets a 401.',
    lacks: anotherEndpoint,
    play: async (stage) => {
      stage.behave(0, 'status-401')
      const answers = [await stage.ask(), await stage.ask()]
      const perRequest = stage.shape.endpoints[0]?.keys ?? 1
      const refused = callsOf(stage.calls(), 0).length
      return {
        survived: answers.every(isWhole),
        happened: `${answers.map(describe).join('; then ')}; ${refused} refused ${refused === 1 ? 'call' : 'calls'}`,
        wrongs: [
          ...answers.flatMap(wrongsOf),
          ...when([
            [
              stage.shape.endpoints.length > 1 && refused > perRequest,
              'refused keys were tried again although another endpoint was there',
            ],
          ]),
        ],
      }
    },
  },
  {
    slug: 'provider-down',
    fault: 'and all its other endpoints reset every connection',
    expected: 'Another provider answers.',
    lacks: anotherProvider,
    play: async (stage) => {
      const { endpoints } = stage.shape
      const down = [...endpoints.keys()].filter((place) => endpoints[place]?.provider === endpoints[0]?.provider)
      stage.behave(down, 'reset')
      const answer = await stage.ask()
      return {
        survived: isWhole(answer),
        happened: describe(answer),
        wrongs: [...wrongsOf(answer), ...fewCalls(callsOf(stage.calls(), 0).length)],
      }
    },
  },
  {
    slug: 'everything-down',
    fault: 'and every other endpoint answers with 503',
    expected: 'The client gets one clear error, soon, after a bounded number of calls.',
    play: oneRequest({
      first: 'status-503',
      others: 'status-503',
      survived: ({ type, status }) => type === 'error' && [502, 503, 504, 529].includes(status),
      wrongs: (answer, calls) =>
        when([
          [calls.length > 16, `${calls.length} calls were made`],
          [answer.tookMs > 8_000, `the error took ${answer.tookMs} ms`],
        ]),
    }),
  },
]

function oneMoreCall(_: unknown, calls: readonly Call[]): readonly string[] {
  const count = callsOf(calls, 0).length
  return when([[count !== 2, `the endpoint was called ${count} times instead of twice`]])
}

const fewCalls = (count: number): readonly string[] => when([[count > 6, `the endpoint was called ${count} times`]])

const calledOnce = (calls: readonly Call[]): readonly string[] =>
  when([[callsOf(calls, 0).length !== 1, `the endpoint was called ${callsOf(calls, 0).length} times`]])

const reasonGiven = ({ type, message, quoted }: Answer, reason: RegExp): readonly string[] =>
  when([[type === 'error' && !reason.test(message + quoted), 'the error does not have the provider’s reason']])

/** The answer comes soon after the limit, and the silent endpoint is not called again. */
function inTime(answer: Answer, calls: readonly Call[], { limits, shape }: Stage): readonly string[] {
  const [silent, ...again] = callsOf(calls, 0)
  const next = calls.find(({ place }) => place !== 0)
  const waited = (next?.at ?? 0) - (silent?.at ?? 0)
  // The time of scheduling on a busy machine is not the gateway's.
  const allowance = 750
  return when([
    [again.length > 0, 'the silent endpoint was called again'],
    [
      next !== undefined && waited > limits.firstTokenMs + allowance,
      `the next endpoint was called only after ${waited} ms`,
    ],
    [
      shape.endpoints.length === 1 && answer.tookMs > limits.firstTokenMs + 2 * allowance,
      `the error came only after ${answer.tookMs} ms`,
    ],
  ])
}
