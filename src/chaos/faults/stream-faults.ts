import { setTimeout as pause } from 'node:timers/promises'
import { simulatedText } from '../../simulator/simulated-text.ts'
import type { Answer } from '../ask.ts'
import type { Call, Fault, Stage } from '../fault.ts'
import { anotherEndpoint, callsOf, isWhole, oneRequest, rescue, when } from '../judge.ts'

const cut = 'cut-after-40+tokens-60+pace-1'

/** What goes wrong once an answer has begun. */
export const streamFaults: readonly Fault[] = [
  {
    slug: 'cut',
    fault: 'resets the connection after 40 of 60 words',
    expected: 'The stream goes on at another endpoint without a seam, or ends with an error. It never looks complete.',
    failoverBench: 'S08',
    lacks: rescue,
    play: oneRequest({ first: cut, wrongs: beginningOnly }),
  },
  {
    slug: 'cut-messages',
    fault: 'does the same to a request of the Messages API',
    expected: 'As before, in the events of that API.',
    lacks: rescue,
    play: oneRequest({ first: cut, ask: { surface: 'messages' }, wrongs: beginningOnly }),
  },
  {
    slug: 'cut-responses',
    fault: 'does the same to a request of the Responses API',
    expected: 'As before, in the events of that API.',
    lacks: rescue,
    play: oneRequest({ first: cut, ask: { surface: 'responses' }, wrongs: beginningOnly }),
  },
  {
    slug: 'clean-end',
    fault: 'ends the stream after 40 of 60 words as if it were over',
    expected: 'As after a reset: the gateway notices that the end is missing.',
    lacks: rescue,
    play: oneRequest({ first: 'eof-after-40+tokens-60+pace-1', wrongs: beginningOnly }),
  },
  {
    slug: 'stall',
    fault: 'sends nothing more after 20 words, with the connection open',
    expected:
      'After the limit for silence the stream goes on elsewhere or ends with an error, and the call is cancelled.',
    failoverBench: 'S09',
    lacks: rescue,
    play: oneRequest({
      first: 'stall-after-20+tokens-60+pace-1',
      wrongs: (answer, calls, stage) => [
        ...beginningOnly(answer),
        ...when([
          [answer.tookMs > stage.limits.idleMs * 2 + 2_000, `it took ${answer.tookMs} ms`],
          [callsOf(calls, 0)[0]?.closedBy !== 'client', 'the silent call was not cancelled'],
        ]),
      ],
    }),
  },
  {
    slug: 'malformed',
    fault: 'sends a frame of broken JSON after 20 words',
    expected: 'The stream goes on without a loss, or ends with an error. Nothing is lost in silence.',
    failoverBench: 'S10',
    lacks: rescue,
    play: oneRequest({ first: 'malformed-after-20+tokens-60+pace-1', wrongs: beginningOnly }),
  },
  {
    slug: 'error-in-stream',
    fault: 'sends an error frame after 20 words',
    expected: 'The stream goes on at another endpoint, or ends with the error.',
    lacks: rescue,
    play: oneRequest({ first: 'error-after-20+tokens-60+pace-1', wrongs: beginningOnly }),
  },
  {
    slug: 'prefill-refused',
    fault: 'resets the connection after 40 words, and all others refuse to continue an answer',
    expected:
      'The stream goes on in another way, or ends with the error of the first. The refusal never reaches the client.',
    failoverBench: 'S14',
    lacks: rescue,
    play: oneRequest({ first: cut, others: 'no-prefill+tokens-60', wrongs: beginningOnly }),
  },
  {
    slug: 'no-done',
    fault: 'completes the stream without [DONE]',
    expected:
      'The answer is complete at once, with usage. In a protocol with an end of its own, its absence may be an error.',
    failoverBench: 'S11',
    play: oneRequest({
      first: 'no-done+tokens-60',
      survived: (answer, [call]) =>
        isWhole(answer) || (answer.inStream && call?.path.endsWith('/chat/completions') === false),
      wrongs: (answer) =>
        when([
          [answer.tookMs > 2_000, `it took ${answer.tookMs} ms`],
          [isWhole(answer) && answer.completionTokens !== 60, `usage is ${answer.completionTokens ?? 'missing'}`],
        ]),
    }),
  },
  {
    slug: 'fragments',
    fault: 'sends every byte alone, with comments and CRLF',
    expected: 'The same answer as ever.',
    play: oneRequest({ first: 'fragment-bytes+crlf+comments+tokens-60' }),
  },
  {
    slug: 'huge-frame',
    fault: 'sends one frame of 40 MB',
    expected: 'The gateway stops reading at its limit for frames. Another endpoint answers.',
    lacks: anotherEndpoint,
    play: oneRequest({ first: 'huge-frame+tokens-60' }),
  },
  {
    slug: 'endless-line',
    fault: 'sends a line that never ends',
    expected: 'The gateway stops reading at its limit for frames. Another endpoint answers.',
    lacks: anotherEndpoint,
    play: oneRequest({ first: 'endless-line+tokens-60' }),
  },
  {
    slug: 'json-cut',
    fault: 'resets the connection half-way through an answer that is not streamed',
    expected: 'Another endpoint answers. Nothing of the half reaches the client.',
    lacks: anotherEndpoint,
    play: oneRequest({ first: 'cut-after-40+tokens-60', ask: { stream: false } }),
  },
  {
    slug: 'json-malformed',
    fault: 'answers a request that is not streamed with broken JSON',
    expected: 'Another endpoint answers. Nothing of it reaches the client.',
    lacks: anotherEndpoint,
    play: oneRequest({ first: 'malformed-after-20+tokens-60', ask: { stream: false } }),
  },
  {
    slug: 'client-leaves',
    fault: 'sends slowly, and the client leaves after ten words',
    expected: 'The provider’s connection is closed at once, so that no more is generated and paid for.',
    play: leave,
  },
]

/** What came before an error is a beginning of the answer: nothing is lost, doubled or made up. */
function beginningOnly({ text }: Answer): readonly string[] {
  return when([[!simulatedText(60).startsWith(text), 'the text that came is not the beginning of the answer']])
}

async function leave(stage: Stage): ReturnType<Fault['play']> {
  stage.behave(0, 'tokens-60+pace-50')
  const answer = await stage.ask({ leaveAfter: 10 })
  const leftAt = performance.now()
  const isOver = (): boolean => callsOf(stage.calls(), 0).every(({ closedBy }: Call) => closedBy !== null)
  while (!isOver() && performance.now() - leftAt < 2_000) await pause(10)
  const tookMs = Math.round(performance.now() - leftAt)
  const [call] = callsOf(stage.calls(), 0)
  const survived = answer.type === 'left' && call?.closedBy === 'client' && tookMs < 1_000
  return {
    survived,
    happened:
      call === undefined
        ? 'the provider was not called'
        : `the call was closed by ${call.closedBy === 'client' ? 'the gateway' : (call.closedBy ?? 'nobody')} after ${tookMs} ms`,
    wrongs: when([[!survived, 'the provider goes on generating']]),
  }
}
