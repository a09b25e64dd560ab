/**
 * A lean fake provider in a process of its own. Every reply consists of prepared bytes. It sends its port to the parent process, and ends
 * with it.
 */
import { createServer, type ServerResponse } from 'node:http'
import { batchSize, dimensions, paceMs, replyPieces, replyText, toolResultsIn, trafficOf } from './traffic.ts'

const identity = { id: 'chatcmpl-bench0000000000000000000001', created: 1_750_000_000, model: 'bench-model-2026' }
const messageIdentity = {
  id: 'msg_bench0000000000000000001',
  type: 'message',
  role: 'assistant',
  model: 'bench-model-2026',
  content: [],
  stop_reason: null,
  stop_sequence: null,
}
const usage = {
  prompt_tokens: 310,
  completion_tokens: 100,
  total_tokens: 410,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
}

const jsonReply = wholeReply({ role: 'assistant', content: replyText, refusal: null }, 'stop')

/** The vectors of a batch, with as many digits as OpenAI sends. */
const vectorsReply = Buffer.from(
  JSON.stringify({
    object: 'list',
    data: Array.from({ length: batchSize }, (_, index) => ({
      object: 'embedding',
      index,
      embedding: Array.from({ length: dimensions }, (_, place) =>
        Math.fround(Math.sin(index * dimensions + place) / 40),
      ),
    })),
    model: 'bench-model-2026',
    usage: { prompt_tokens: 4_000, total_tokens: 4_000 },
  }),
)

/** The turns of a conversation with tools in which a tool is called, before the last one, which answers. */
const toolTurns = 2
const call = { id: 'call_bench', type: 'function', function: { name: 'datetime', arguments: '{}' } }
const callReply = wholeReply({ role: 'assistant', content: null, tool_calls: [call] }, 'tool_calls')

const contentFrames = replyPieces.map((content, index) =>
  frame({ choices: [choice(index === 0 ? { role: 'assistant', content } : { content }, null)] }),
)
const closingFrames = [
  frame({ choices: [choice({}, 'stop')] }),
  frame({ choices: [], usage }),
  Buffer.from('data: [DONE]\n\n'),
]
const frames = [...contentFrames, ...closingFrames]

/** The same text in Anthropic's protocol. */
const messageFrames = [
  event({ type: 'message_start', message: { ...messageIdentity, usage: { input_tokens: 310, output_tokens: 1 } } }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ...replyPieces.map((text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
  event({ type: 'content_block_stop', index: 0 }),
  event({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 100 },
  }),
  event({ type: 'message_stop' }),
]

/** The same text in OpenAI's Responses. */
const textItem = { id: 'msg_bench', type: 'message', role: 'assistant' }
const place = { item_id: 'msg_bench', output_index: 0, content_index: 0 }
const textPart = (text: string) => ({ type: 'output_text', annotations: [], logprobs: [], text })
const wholeItem = { ...textItem, status: 'completed', content: [textPart(replyPieces.join(''))] }
const response = (status: string, output: readonly object[]) => ({
  ...{ id: 'resp_bench', object: 'response', created_at: 1_750_000_000, model: 'bench-model-2026', status, output },
  ...(status === 'completed' && { usage: { input_tokens: 310, output_tokens: 100, total_tokens: 410 } }),
})
const responseFrames = [
  { type: 'response.created', response: response('in_progress', []) },
  { type: 'response.in_progress', response: response('in_progress', []) },
  { type: 'response.output_item.added', output_index: 0, item: { ...textItem, status: 'in_progress', content: [] } },
  { type: 'response.content_part.added', ...place, part: textPart('') },
  ...replyPieces.map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
  { type: 'response.output_text.done', ...place, text: replyPieces.join(''), logprobs: [] },
  { type: 'response.content_part.done', ...place, part: textPart(replyPieces.join('')) },
  { type: 'response.output_item.done', output_index: 0, item: wholeItem },
  { type: 'response.completed', response: response('completed', [wholeItem]) },
].map((fields, index) => event({ ...fields, sequence_number: index }))

const server = createServer((request, response) => {
  const body: Buffer[] = []
  request.on('data', (chunk: Buffer) => body.push(chunk))
  request.on('end', () => reply(request.url ?? '', Buffer.concat(body), response))
})
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.(address.port)
})
process.on('disconnect', () => process.exit())

function reply(path: string, body: Buffer, response: ServerResponse): void {
  const traffic = trafficOf(body)
  if (traffic === 'json' || traffic === 'image' || traffic === 'conversation') return sendJson(response, jsonReply)
  if (traffic === 'embeddings') return sendJson(response, vectorsReply)
  if (traffic === 'tools') return sendJson(response, toolResultsIn(body) < toolTurns ? callReply : jsonReply)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  if (traffic === 'idle') response.write(frames[0])
  else if (traffic === 'paced') sendPaced(response)
  else sendAtOnce(response, framesAt(path))
}

function framesAt(path: string): readonly Buffer[] {
  if (path.endsWith('/messages')) return messageFrames
  return path.endsWith('/responses') ? responseFrames : frames
}

function sendJson(response: ServerResponse, reply: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': reply.length }).end(reply)
}

/**
 * Writes once for each chunk, as fast as possible. Node joins the writes of one turn of the event loop into few packets, as a fast provider
 * does under load.
 */
function sendAtOnce(response: ServerResponse, frames: readonly Buffer[]): void {
  for (const frame of frames) response.write(frame)
  response.end()
}

/** Sends one packet for each chunk. The frames that close the stream are sent with the last chunk. */
function sendPaced(response: ServerResponse): void {
  let sent = 0
  const timer = setInterval(() => {
    response.write(contentFrames[sent++])
    if (sent < contentFrames.length) return
    clearInterval(timer)
    response.end(Buffer.concat(closingFrames))
  }, paceMs)
  response.on('close', () => clearInterval(timer))
}

function wholeReply(message: object, finishReason: string): Buffer {
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason }]
  return Buffer.from(
    JSON.stringify({ ...identity, object: 'chat.completion', choices, usage, system_fingerprint: 'fp_bench' }),
  )
}

function choice(delta: object, finishReason: string | null): object {
  return { index: 0, delta, logprobs: null, finish_reason: finishReason }
}

function frame(fields: object): Buffer {
  const chunk = { ...identity, object: 'chat.completion.chunk', system_fingerprint: 'fp_bench', ...fields }
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)
}

function event(fields: { readonly type: string; readonly [field: string]: unknown }): Buffer {
  return Buffer.from(`event: ${fields.type}\ndata: ${JSON.stringify(fields)}\n\n`)
}
