import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HostileInput, Target } from '../hostile-input.ts'

const event = (body: object): string => `data: ${JSON.stringify(body)}\n\n`
const delta = (body: object): string => event({ id: 'x', choices: [{ index: 0, delta: body }] })

/**
 * An upstream that streams one frame after another, as fast as they are read, until the client disconnects. It ends only far beyond any
 * limit.
 */
const endless =
  (frame: (index: number) => string, most = 3_000_000) =>
  async (_: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const left = new AbortController()
    response.once('close', () => left.abort())
    let index = 0
    while (!left.signal.aborted && index < most) {
      let frames = ''
      while (frames.length < 60_000 && index < most) frames += frame(index++)
      if (!response.write(frames)) await once(response, 'drain', { signal: left.signal }).catch(() => {})
    }
    response.end()
  }

/** Returns what the client read: its length and its end. */
async function read(response: Response): Promise<{ readonly length: number; readonly end: string }> {
  let length = 0
  let end = ''
  const decoder = new TextDecoder()
  for await (const bytes of response.body ?? []) {
    length += bytes.length
    end = (end + decoder.decode(bytes, { stream: true })).slice(-2_000)
  }
  return { length, end }
}

async function endsWith(target: Target, body: object, expected: RegExp): Promise<void> {
  const { end } = await read(await target.chat({ stream: true, ...body }))
  assert.match(end, expected)
}

const citedText = 'ü'.repeat(250_000)
const tools = [{ type: 'function', function: { name: 'f' } }]
const called = (index: number, body: object): string => delta({ tool_calls: [{ index, ...body }] })

export const endlessStreamInputs: readonly HostileInput[] = [
  {
    title: 'a stream that counts tokens without end and never says a word',
    async run(target) {
      target.upstreamAnswers(endless((index) => event({ usage: { prompt_tokens: index } })))
      await endsWith(target, { model: 'hostile/only' }, /too much before its answer/)
    },
  },
  {
    title: 'a stream of tool calls without end',
    async run(target) {
      target.upstreamAnswers(endless((index) => called(index, { id: `c${index}`, function: { name: 'f' } })))
      await endsWith(target, { model: 'hostile/only', tools }, /more than 65536 tool calls/)
    },
  },
  {
    title: 'a stream of tool uses without end',
    async run(target) {
      const block = (index: number) => ({ type: 'tool_use', id: `c${index}`, name: 'f', input: {} })
      target.upstreamAnswers(
        endless((index) => event({ type: 'content_block_start', index, content_block: block(index) })),
      )
      await endsWith(target, { model: 'hostile/messages', tools }, /more than 65536 tool calls/)
    },
  },
  {
    title: 'a stream of blocks that begin and never end',
    async run(target) {
      const start = event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'a' } })
      const block = (index: number) => ({ type: 'content_block_start', index, content_block: { type: 'text' } })
      target.upstreamAnswers(endless((index) => (index === 0 ? start : event(block(index)))))
      await endsWith(target, { model: 'hostile/messages' }, /after 500000 others/)
    },
  },
  {
    title: '300 MB of arguments of a tool call without a name',
    async run(target) {
      const frame = called(0, { function: { arguments: 'x'.repeat(50_000) } })
      target.upstreamAnswers(endless(() => frame, 6_000))
      await endsWith(target, { model: 'hostile/only', tools }, /a tool call without a name/)
    },
  },
  {
    title: '300 MB of arguments of 3,000 tool calls',
    async run(target) {
      const text = JSON.stringify({ a: 'x'.repeat(99_000) })
      target.upstreamAnswers(
        endless((index) => called(index, { id: `c${index}`, function: { name: 'f', arguments: text } }), 3_000),
      )
      const { length } = await read(await target.chat({ model: 'hostile/only', stream: true, tools }))
      assert.ok(length > 290_000_000, String(length))
    },
  },
  {
    title: 'a megabyte that stands for the system, in a stream of 3,000 words',
    async run(target) {
      const first = event({
        system_fingerprint: 'f'.repeat(1_000_000),
        choices: [{ index: 0, delta: { content: 'a' } }],
      })
      const word = delta({ content: 'a' })
      target.upstreamAnswers(endless((index) => (index === 0 ? first : word), 3_000))
      const { length } = await read(await target.chat({ model: 'hostile/only', stream: true }))
      assert.ok(length < 3_000_000, String(length))
    },
  },
  {
    title: 'a thought whose id is a megabyte, in 3,000 pieces',
    async run(target) {
      const item = { type: 'reasoning', id: 'i'.repeat(1_000_000) }
      const first = event({ type: 'response.output_item.added', output_index: 0, item })
      const piece = event({
        type: 'response.reasoning_summary_text.delta',
        output_index: 0,
        summary_index: 0,
        delta: 'a',
      })
      target.upstreamAnswers(endless((index) => (index === 0 ? first : piece), 3_000))
      const { length } = await read(await target.chat({ model: 'hostile/responses', stream: true }))
      assert.ok(length < 3_000_000, String(length))
    },
  },
  ...[
    ['an answer that begins with', 'a', ''],
    ['a thought that ends with', 'b', '<think>a'],
  ].map(([what = '', said = '', first = '']): HostileInput => ({
    title: `${what} 20 MB of spaces`,
    async run(target) {
      const spaces = delta({ content: ' '.repeat(100) })
      const last = event({ choices: [{ index: 0, delta: { content: said }, finish_reason: 'stop' }] })
      const frame = (index: number) => (index === 0 ? delta({ content: first }) : index === 200_000 ? last : spaces)
      target.upstreamAnswers(endless(frame, 200_001))
      const { length, end } = await read(await target.chat({ model: 'hostile/thinks', stream: true }))
      assert.ok(length > 19_000_000, String(length))
      assert.match(end, /"finish_reason":"stop"/)
    },
  })),
  {
    title: '50,000 citations of a long answer, all at one long address',
    async run(target) {
      const chunk = (address: string) => ({
        candidates: [
          {
            finishReason: 'STOP',
            content: { parts: [{ text: citedText }] },
            groundingMetadata: {
              groundingChunks: [{ web: { uri: address } }],
              groundingSupports: Array.from({ length: 50_000 }, (_, index) => ({
                groundingChunkIndices: [0],
                segment: { startIndex: index, endIndex: index + 2 },
              })),
            },
          },
        ],
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 },
      })
      for (const address of ['https://a.example/', `https://a.example/${'a'.repeat(500_000)}`]) {
        target.upstreamAnswers((_, response) => {
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(chunk(address)))
        })
        const { length } = await read(await target.chat({ model: 'hostile/generate-content' }))
        assert.ok(length < 20_000_000, String(length))
      }
    },
  },
]
