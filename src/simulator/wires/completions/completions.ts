import { randomUUID } from 'node:crypto'
import type { Answer, Choice } from '../../answer.ts'
import type { Conduct } from '../../conduct.ts'
import { openaiFailure } from '../openai-failure.ts'
import { openaiUsage } from '../openai-usage.ts'
import { sse } from '../sse.ts'
import type { Frame, Wire } from '../wire.ts'
import { completionAsk, type CompletionAsk } from './completion-ask.ts'
import { completionLogprobs } from './completion-logprobs.ts'

/** OpenAI's legacy text completions (contract §7). */
export const completions: Wire = {
  serves: (path) => path.endsWith('/completions'),
  framing: sse,
  failure: openaiFailure,
  open(body) {
    const ask = completionAsk(body)
    const shared = {
      id: `cmpl-${randomUUID()}`,
      object: 'text_completion',
      created: Math.floor(Date.now() / 1000),
      model: ask.model,
      system_fingerprint: 'fp_simulator',
    }
    return {
      ask,
      whole: (answer, conduct) => ({
        ...shared,
        choices: answer.choices.map((choice, index) => completionChoice(ask, choice, index, conduct)),
        ...(!conduct.noUsage && { usage: usage(ask, answer, conduct) }),
      }),
      frames: (answer, conduct) => completionFrames(ask, shared, answer, conduct),
    }
  },
}

function completionChoice(ask: CompletionAsk, choice: Choice, index: number, conduct: Conduct): object {
  const prompt = echoed(ask, index)
  const tokens = [...prompt, ...texts(choice)]
  return {
    text: tokens.join(''),
    index,
    logprobs: ask.logprobs === null ? null : completionLogprobs(tokens, ask.logprobs, 0, prompt.length > 0),
    finish_reason: conduct.noFinish ? null : finishReason(choice, conduct),
  }
}

function completionFrames(ask: CompletionAsk, shared: object, answer: Answer, conduct: Conduct): readonly Frame[] {
  const start = JSON.stringify(shared).slice(0, -1)
  const tail = ask.includeUsage ? ',"usage":null}' : '}'
  const chunk = (choice: object): string => sse.frame(`${start},"choices":[${JSON.stringify(choice)}]${tail}`)
  const content: Frame[] = []
  answer.choices.forEach((choice, index) => {
    const prompt = echoed(ask, index)
    let offset = 0
    ;[...prompt, ...texts(choice)].forEach((text, position) => {
      const isFirstOfPrompt = position === 0 && prompt.length > 0
      const logprobs = ask.logprobs === null ? null : completionLogprobs([text], ask.logprobs, offset, isFirstOfPrompt)
      offset += text.length
      content.push({ kind: 'content', text: chunk({ text, index, logprobs, finish_reason: null }) })
    })
  })
  const finishes = answer.choices.map((choice, index): Frame => {
    const finish = { text: '', index, logprobs: null, finish_reason: finishReason(choice, conduct) }
    return { kind: 'finish', text: chunk(finish) }
  })
  const usageFrame = `${start},"choices":[],"usage":${JSON.stringify(usage(ask, answer, conduct))}}`
  const usages: readonly Frame[] = ask.includeUsage ? [{ kind: 'usage', text: sse.frame(usageFrame) }] : []
  return [...content, ...finishes, ...usages, { kind: 'done', text: sse.frame('[DONE]') }]
}

/** The tokens of the prompt that a choice begins with. */
const echoed = (ask: CompletionAsk, index: number): readonly string[] =>
  ask.prompts[Math.floor(index / ask.choicesPerPrompt)] ?? []

/** This wire knows text alone: what an answer holds besides is left out. */
const texts = ({ pieces }: Choice): readonly string[] =>
  pieces.flatMap((piece) => (piece.type === 'text' || piece.type === 'refusal' ? [piece.text] : []))

const finishReason = ({ finish }: Choice, conduct: Conduct): string => conduct.finish ?? finish

/** All candidates of `best_of` are billed, not only those returned. */
function usage(ask: CompletionAsk, answer: Answer, conduct: Conduct): object {
  const { completion } = answer.usage
  const billed = conduct.usage === null ? (completion * ask.bestOf) / ask.choicesPerPrompt : completion
  return openaiUsage({ ...answer.usage, completion: Math.round(billed) })
}
