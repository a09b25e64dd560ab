import { createHash } from 'node:crypto'
import type { Answer } from '../../answer.ts'
import type { JsonObject } from '../../json.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { namedEvents } from '../named-events.ts'
import type { Framing, Frame, Protocol } from '../protocol.ts'
import type { AnswerBlock } from './answer-block.ts'
import { answerBlocks, refusalOf } from './answer-blocks.ts'
import { messageFailure } from './message-failure.ts'
import { type MessagesRequest, parseMessagesRequest, servesMessages } from './parse-messages-request.ts'

const framing: Framing = {
  ...namedEvents('{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"bro'),
  comment: 'event: ping\ndata: {"type": "ping"}\n\n',
}

/** Anthropic's Messages, also in Vertex AI's form. */
export const messages: Protocol = {
  serves: servesMessages,
  framing,
  failure: messageFailure,
  open(body, path) {
    const request = parseMessagesRequest(body, path)
    const id = `msg_${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 24)}`
    const message = { id, type: 'message', role: 'assistant', model: request.model }
    return {
      request,
      whole: (answer, settings) => ({
        ...message,
        content: answerBlocks(answer).map(({ whole }) => whole),
        ...ending(answer, settings),
        ...(!settings.noUsage && { usage: usage(request, answer, settings, answer.usage.completion) }),
      }),
      frames: (answer, settings) => messageFrames(message, request, answer, settings),
    }
  },
}

function messageFrames(
  message: JsonObject,
  request: MessagesRequest,
  answer: Answer,
  settings: ReplySettings,
): readonly Frame[] {
  const counted = (output: number): object =>
    settings.noUsage ? {} : { usage: usage(request, answer, settings, output) }
  const start = { ...message, content: [], stop_reason: null, stop_sequence: null, ...counted(1) }
  const delta = { type: 'message_delta', delta: ending(answer, settings), ...counted(answer.usage.completion) }
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

function ending(answer: Answer, settings: ReplySettings): object {
  if (settings.noFinish) return { stop_reason: null, stop_sequence: null }
  const refusal = refusalOf(answer)
  const { finish = 'stop', stopSequence = null } = answer.choices[0] ?? {}
  const stopped = stopSequence === null ? stopReasons[finish] : 'stop_sequence'
  return {
    stop_reason: settings.finish ?? (refusal === '' ? stopped : 'refusal'),
    stop_sequence: stopSequence,
    ...(refusal !== '' && { stop_details: { type: 'refusal', category: null, explanation: refusal } }),
  }
}

/** Anthropic counts the prompt in three parts: tokens read from the cache, tokens written to it, and all others. */
function usage(
  { written }: MessagesRequest,
  { usage: counted }: Answer,
  settings: ReplySettings,
  output: number,
): object {
  const writes = settings.usage === null ? written : { fiveMinutes: 0, hour: 0 }
  const created = writes.fiveMinutes + writes.hour
  return {
    input_tokens: Math.max(0, counted.prompt - counted.cached - created),
    cache_creation_input_tokens: created,
    cache_read_input_tokens: counted.cached,
    cache_creation: { ephemeral_5m_input_tokens: writes.fiveMinutes, ephemeral_1h_input_tokens: writes.hour },
    output_tokens: output,
    ...(counted.reasoning > 0 && { output_tokens_details: { thinking_tokens: counted.reasoning } }),
    ...(counted.searches + counted.fetches > 0 && {
      server_tool_use: { web_search_requests: counted.searches, web_fetch_requests: counted.fetches },
    }),
    service_tier: 'standard',
  }
}
