import { randomUUID } from 'node:crypto'
import type { Answer, Choice } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { openaiFailure } from '../openai-failure.ts'
import { openaiUsage } from '../openai-usage.ts'
import type { Frame, Protocol } from '../protocol.ts'
import { sse } from '../sse.ts'
import { completionLogprobs } from './completion-logprobs.ts'
import { parseCompletionsRequest, type CompletionsRequest } from './parse-completions-request.ts'

/** OpenAI's legacy text completions (contract §7). */
export const completions: Protocol = {
  serves: (path) => path.endsWith('/completions'),
  framing: sse,
  failure: openaiFailure,
  open(body) {
    const request = parseCompletionsRequest(body)
    const shared = {
      id: `cmpl-${randomUUID()}`,
      object: 'text_completion',
      created: Math.floor(Date.now() / 1000),
      model: request.model,
      system_fingerprint: 'fp_simulator',
    }
    return {
      request,
      whole: (answer, settings) => ({
        ...shared,
        choices: answer.choices.map((choice, index) => completionChoice(request, choice, index, settings)),
        ...(!settings.noUsage && { usage: usage(request, answer, settings) }),
      }),
      frames: (answer, settings) => completionFrames(request, shared, answer, settings),
    }
  },
}

function completionChoice(request: CompletionsRequest, choice: Choice, index: number, settings: ReplySettings): object {
  const prompt = echoed(request, index)
  const tokens = [...prompt, ...texts(choice)]
  return {
    text: tokens.join(''),
    index,
    logprobs: request.logprobs === null ? null : completionLogprobs(tokens, request.logprobs, 0, prompt.length > 0),
    finish_reason: settings.noFinish ? null : finishReason(choice, settings),
  }
}

function completionFrames(
  request: CompletionsRequest,
  shared: object,
  answer: Answer,
  settings: ReplySettings,
): readonly Frame[] {
  const start = JSON.stringify(shared).slice(0, -1)
  const tail = request.includeUsage ? ',"usage":null}' : '}'
  const chunk = (choice: object): string => sse.frame(`${start},"choices":[${JSON.stringify(choice)}]${tail}`)
  const content: Frame[] = []
  answer.choices.forEach((choice, index) => {
    const prompt = echoed(request, index)
    let offset = 0
    ;[...prompt, ...texts(choice)].forEach((text, position) => {
      const isFirstOfPrompt = position === 0 && prompt.length > 0
      const logprobs =
        request.logprobs === null ? null : completionLogprobs([text], request.logprobs, offset, isFirstOfPrompt)
      offset += text.length
      content.push({ kind: 'content', text: chunk({ text, index, logprobs, finish_reason: null }) })
    })
  })
  const finishes = answer.choices.map((choice, index): Frame => {
    const finish = { text: '', index, logprobs: null, finish_reason: finishReason(choice, settings) }
    return { kind: 'finish', text: chunk(finish) }
  })
  const usageFrame = `${start},"choices":[],"usage":${JSON.stringify(usage(request, answer, settings))}}`
  const usages: readonly Frame[] = request.includeUsage ? [{ kind: 'usage', text: sse.frame(usageFrame) }] : []
  return [...content, ...finishes, ...usages, { kind: 'done', text: sse.frame('[DONE]') }]
}

/** Returns the tokens of the prompt that a choice begins with. */
const echoed = (request: CompletionsRequest, index: number): readonly string[] =>
  request.prompts[Math.floor(index / request.choicesPerPrompt)] ?? []

/** Returns the texts of a choice. This protocol has only text, so everything else in an answer is left out. */
const texts = ({ pieces }: Choice): readonly string[] =>
  pieces.flatMap((piece) => (piece.type === 'text' || piece.type === 'refusal' ? [piece.text] : []))

const finishReason = ({ finish }: Choice, settings: ReplySettings): string => settings.finish ?? finish

/** All candidates of `best_of` are billed, not only those that are returned. */
function usage(request: CompletionsRequest, answer: Answer, settings: ReplySettings): object {
  const { completion } = answer.usage
  const billed = settings.usage === null ? (completion * request.bestOf) / request.choicesPerPrompt : completion
  return openaiUsage({ ...answer.usage, completion: Math.round(billed) })
}
