import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CallEvent } from '../../src/canonical/generation-event.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import { chatCompletionsClient } from '../../src/protocols/chat-completions/client.ts'
import type { UpstreamProtocol, UpstreamReply } from '../../src/protocols/protocol.ts'
import { answer } from '../../src/simulator/answer.ts'
import { InvalidRequest } from '../../src/simulator/parsed-request.ts'
import { parseBehaviourName } from '../../src/simulator/behaviour-name.ts'
import type { Frame, Protocol } from '../../src/simulator/protocols/protocol.ts'
import { AwsEventStreamReader } from '../../src/upstream/aws-event-stream-reader.ts'
import { SseReader } from '../../src/upstream/sse-reader.ts'
import { StreamDecoder } from '../../src/upstream/stream-decoder.ts'
import { conversationRequest } from '../arbitraries/conversation.ts'
import { readChatCompletions } from '../protocols/languages/read-chat-completions.ts'
import { type NeutralRequest, withoutThoughts } from '../protocols/languages/neutral-request.ts'

/** A protocol, with the rules of its own documentation. */
export interface ProtocolUnderTest {
  readonly protocol: UpstreamProtocol
  readonly simulated: Protocol
  readonly endpoint: Endpoint
  /** Reads a request by the vendor's documentation, independently of the code that wrote it. */
  readonly read: (body: object) => NeutralRequest
  /** What the protocol supports, besides the conversation and its tools. */
  readonly supports: readonly (keyof NeutralRequest)[]
  /** Requests like those in the vendor's documentation. */
  readonly examples: Readonly<Record<string, { readonly path: string; readonly body: object }>>
  /** The events of an answer with reasoning and text, and of one with two calls, in the form of `summarised`. */
  readonly golden: { readonly words: readonly string[]; readonly calls: readonly string[] }
  /** A text in a frame that every complete stream contains. */
  readonly terminal: string
  /** A frame of an unknown type, in the form of the stream. */
  readonly news: string
}

const behaviours = { words: 'tokens-2+reasoning', calls: 'parallel-tool-calls' } as const

/** Describes the behaviour of every UpstreamProtocol. */
export function describeUpstreamProtocol(language: ProtocolUnderTest): void {
  const { protocol, simulated } = language

  describe(`upstream protocol: ${protocol.name}`, () => {
    test('the sent request has the content of the client’s, and the vendor accepts it', () => {
      fc.assert(
        fc.property(conversationRequest, (body) => {
          const sent = encode(language, body)
          accept(simulated, sent.body, sent.path)
          const read = language.read(sent.body)
          const requested = readChatCompletions(body)
          expect(withoutThoughts(read.turns)).toEqual(requested.turns)
          for (const field of ['system', ...language.supports] as const)
            expect([field, read[field]]).toEqual([field, requested[field]])
        }),
        { numRuns: 300 },
      )
    })

    test.each(Object.keys(language.examples))('the vendor’s own example is accepted: %s', (name) => {
      const { path = '', body = {} } = language.examples[name] ?? {}
      accept(simulated, body, path)
    })

    describe.each(['words', 'calls'] as const)('a stream of %s', (kind) => {
      let frames: readonly Frame[]
      let whole: readonly string[]
      beforeAll(() => {
        frames = goldenFrames(language, behaviours[kind])
        whole = summarised(read(language, [bytes(simulated, frames)]))
      })

      test('is these events', () => {
        expect(whole).toEqual(language.golden[kind])
      })

      test('is the same wherever it is split', () => {
        const stream = bytes(simulated, frames)
        for (let at = 0; at <= stream.length; at++) {
          expect(summarised(read(language, [stream.subarray(0, at), stream.subarray(at)])), `split at ${at}`).toEqual(
            whole,
          )
        }
        expect(
          summarised(
            read(
              language,
              Array.from(stream, (byte) => Buffer.from([byte])),
            ),
          ),
        ).toEqual(whole)
      })

      test('ends once wherever it breaks off, and is complete only after the vendor’s terminator', () => {
        const stream = bytes(simulated, frames)
        const isComplete = stream.lastIndexOf(language.terminal) + language.terminal.length
        for (let at = 0; at < stream.length; at++) {
          const { last, endings } = ended(read(language, [stream.subarray(0, at)]))
          expect(endings, `cut at ${at}`).toBe(1)
          if (at < isComplete) expect(last, `cut at ${at}`).toBe('error')
        }
        expect(ended(read(language, [stream]))).toEqual({ last: 'call-end', endings: 1 })
      })

      test('is no success with a broken frame in it', () => {
        for (const at of frames.keys()) {
          if (frames.slice(0, at).some(({ text }) => text.includes(language.terminal))) continue
          const broken = [...frames.slice(0, at).map(textOf), simulated.framing.broken, ...frames.slice(at).map(textOf)]
          expect(ended(read(language, [encoded(simulated, broken)])), `broken at ${at}`).toEqual({
            last: 'error',
            endings: 1,
          })
        }
      })

      test('is the same with frames of unknown types in it, and with keep-alive frames', () => {
        for (const strange of [language.news, simulated.framing.comment]) {
          const mixed = frames.flatMap(({ text }) => [strange, text])
          expect(summarised(read(language, [encoded(simulated, mixed)]))).toEqual(whole)
        }
      })

      test('is the same with large unknown fields in it', () => {
        const padded = frames.map(({ text }) => withPadding(simulated, text, 100_000))
        expect(summarised(read(language, [encoded(simulated, padded)]))).toEqual(whole)
      })
    })
  })
}

function encode({ protocol, endpoint }: ProtocolUnderTest, body: object) {
  const decoded = chatCompletionsClient.decodeRequest(body, {})
  // The same request as if it had come in another protocol, so that nothing can be forwarded unchanged.
  const request = { ...decoded, source: { ...decoded.source, protocol: 'another' } }
  const call = protocol.openCall(request, endpoint, {})
  const { upstreamRequest } = call
  const sent: object = JSON.parse(JSON.stringify(upstreamRequest.body))
  return { body: sent, path: `/v1${upstreamRequest.path}`, reply: call.reply }
}

function accept(simulated: Protocol, body: object, path: string) {
  expect(simulated.serves(path.split('?')[0] ?? '')).toBe(true)
  try {
    return simulated.open(Object(body), path)
  } catch (error) {
    if (error instanceof InvalidRequest) throw new Error(`${error.message} ${JSON.stringify(body)}`, { cause: error })
    throw error
  }
}

const question = {
  messages: [{ role: 'user', content: 'hi' }],
  tools: ['get_weather', 'get_time'].map((name) => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  })),
  reasoning: { effort: 'low' },
  max_tokens: 4000,
  stream: true,
  stream_options: { include_usage: true },
}

function goldenFrames(language: ProtocolUnderTest, behaviour: string): readonly Frame[] {
  const { body, path } = encode(language, question)
  const encoder = accept(language.simulated, body, path)
  const settings = parseBehaviourName(behaviour).settings(0)
  return encoder.frames(answer(encoder.request, settings), settings)
}

const textOf = ({ text }: Frame): string => text

const encoded = ({ framing }: Protocol, texts: readonly string[]): Buffer =>
  Buffer.from(texts.join(''), framing.encoding ?? 'utf8')

const bytes = (simulated: Protocol, frames: readonly Frame[]): Buffer => encoded(simulated, frames.map(textOf))

function withPadding({ framing }: Protocol, text: string, size: number): string {
  if (framing.padded !== undefined) return framing.padded(text, size).join('x'.repeat(size))
  return text.replace(/(\n|^)data: \{/, `$1data: {"padding":"${'x'.repeat(size)}",`)
}

function read(language: ProtocolUnderTest, chunks: readonly Buffer[]): readonly CallEvent[] {
  const { reply } = encode(language, question)
  const decoder = new StreamDecoder(reply, readerOf(language))
  const events: CallEvent[] = []
  for (const batch of [...chunks.map((chunk) => [chunk]), null]) {
    if (decoder.ended) break
    events.push(...decode(decoder, reply, batch))
  }
  return events
}

/** A broken frame is an error too: the caller of a decoder turns it into one. */
function decode(decoder: StreamDecoder, reply: UpstreamReply, batch: readonly Buffer[] | null) {
  try {
    return decoder.decode(batch)
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'BrokenFrame') throw error
    decoder.ended = true
    return reply.decodeEnd()
  }
}

const readerOf = ({ protocol }: ProtocolUnderTest) =>
  protocol.framing === 'sse'
    ? new SseReader({ maxFrameBytes: 10_000_000 })
    : new AwsEventStreamReader({ maxFrameBytes: 10_000_000 })

function ended(events: readonly CallEvent[]) {
  const endings = events.filter(({ type }) => type === 'call-end' || type === 'error').length
  return { last: events.at(-1)?.type, endings }
}

/** Summarises events. Consecutive pieces of reasoning become one; ids, keep-alive events and all usage but the last are left out. */
function summarised(events: readonly CallEvent[]): readonly string[] {
  const lines: string[] = []
  for (const line of events.map(lineOf)) {
    const last = lines.at(-1)
    const [kind = '', rest = ''] = /^(thinks \(.*?\):)(.*)$/.exec(line)?.slice(1) ?? []
    if (kind !== '' && last?.startsWith(kind) === true) lines[lines.length - 1] = last + rest
    else if (line !== '') lines.push(line)
  }
  return lines
}

function lineOf(event: CallEvent): string {
  switch (event.type) {
    case 'text-delta':
      return `text ${JSON.stringify(event.text)}`
    case 'reasoning-delta': {
      const { detail } = event
      const words = detail.type === 'text' ? detail.text : detail.type === 'summary' ? detail.summary : ''
      const isSealed = detail.type === 'encrypted' || (detail.type === 'text' && Boolean(detail.signature))
      return `thinks (${detail.format ?? 'unknown'}):${words ?? ''}${isSealed ? ' [sealed]' : ''}`
    }
    case 'tool-call-start':
      return `calls ${event.index} ${event.name}`
    case 'tool-call-delta':
      return `with ${event.index} ${JSON.stringify(event.arguments)}`
    case 'finish':
      return `finishes: ${event.reason} (${event.native})`
    case 'call-end':
      return `ends: ${event.usage.promptTokens} and ${event.usage.completionTokens} tokens`
    case 'usage':
    case 'alive':
      return ''
    default:
      return event.type
  }
}
