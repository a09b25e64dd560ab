import { createHash } from 'node:crypto'
import type { Answer } from '../../answer.ts'
import type { Conduct } from '../../conduct.ts'
import type { JsonObject } from '../../json.ts'
import { namedEvents } from '../named-events.ts'
import type { Framing, Frame, Wire } from '../wire.ts'
import { type AnswerBlock, answerBlocks, refusalOf } from './answer-blocks.ts'
import { type MessageAsk, messageAsk, servesMessages } from './message-ask.ts'
import { messageFailure } from './message-failure.ts'

const framing: Framing = {
  ...namedEvents('{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"bro'),
  comment: 'event: ping\ndata: {"type": "ping"}\n\n',
}

/** Anthropic's Messages, also as Vertex serves it. */
export const messages: Wire = {
  serves: servesMessages,
  framing,
  failure: messageFailure,
  open(body, path) {
    const ask = messageAsk(body, path)
    const id = `msg_${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 24)}`
    const message = { id, type: 'message', role: 'assistant', model: ask.model }
    return {
      ask,
      whole: (answer, conduct) => ({
        ...message,
        content: answerBlocks(answer).map(({ whole }) => whole),
        ...ending(answer, conduct),
        ...(!conduct.noUsage && { usage: usage(ask, answer, conduct, answer.usage.completion) }),
      }),
      frames: (answer, conduct) => messageFrames(message, ask, answer, conduct),
    }
  },
}

function messageFrames(message: JsonObject, ask: MessageAsk, answer: Answer, conduct: Conduct): readonly Frame[] {
  const counted = (output: number): object => (conduct.noUsage ? {} : { usage: usage(ask, answer, conduct, output) })
  const start = { ...message, content: [], stop_reason: null, stop_sequence: null, ...counted(1) }
  const delta = { type: 'message_delta', delta: ending(answer, conduct), ...counted(answer.usage.completion) }
  return [
    frame('opening', { type: 'message_start', message: start }),
    ...answerBlocks(answer).flatMap(blockFrames),
    frame('finish', delta),
    frame('done', { type: 'message_stop' }),
  ]
}

const blockFrames = ({ start, deltas }: AnswerBlock, index: number): readonly Frame[] => [
  frame('opening', { type: 'content_block_start', index, content_block: start }),
  ...deltas.map((delta) => frame('content', { type: 'content_block_delta', index, delta })),
  frame('opening', { type: 'content_block_stop', index }),
]

const frame = (kind: Frame['kind'], event: object): Frame => ({ kind, text: framing.frame(JSON.stringify(event)) })

const stopReasons = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const

function ending(answer: Answer, conduct: Conduct): object {
  if (conduct.noFinish) return { stop_reason: null, stop_sequence: null }
  const refusal = refusalOf(answer)
  const usual = refusal === '' ? stopReasons[answer.choices[0]?.finish ?? 'stop'] : 'refusal'
  return {
    stop_reason: conduct.finish ?? usual,
    stop_sequence: null,
    ...(refusal !== '' && { stop_details: { type: 'refusal', category: null, explanation: refusal } }),
  }
}

/** Anthropic counts the prompt in three parts: read from the cache, written to it, and neither. */
function usage({ written }: MessageAsk, { usage: counted }: Answer, conduct: Conduct, output: number): object {
  const writes = conduct.usage === null ? written : { fiveMinutes: 0, hour: 0 }
  const created = writes.fiveMinutes + writes.hour
  return {
    input_tokens: Math.max(0, counted.prompt - counted.cached - created),
    cache_creation_input_tokens: created,
    cache_read_input_tokens: counted.cached,
    cache_creation: { ephemeral_5m_input_tokens: writes.fiveMinutes, ephemeral_1h_input_tokens: writes.hour },
    output_tokens: output,
    ...(counted.reasoning > 0 && { output_tokens_details: { thinking_tokens: counted.reasoning } }),
    service_tier: 'standard',
  }
}
