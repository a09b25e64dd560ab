import { crc32 } from 'node:zlib'
import { EventStreamCodec, Int64, type MessageHeaders, type MessageHeaderValue } from '@smithy/eventstream-codec'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Frame } from '../protocols/protocol.ts'
import { AwsEventStreamReader, BrokenFrame } from './aws-event-stream-reader.ts'
import { bytesTouched } from './testing/bytes-touched.ts'
import { callerOf, failureOf, scriptUpstream } from './testing/scripted-upstream.ts'
import { plainProtocol } from './testing/plain-protocol.ts'
import { FrameTooLarge } from './sse-reader.ts'

/** AWS's own codec. The reader reads what the codec writes, and refuses what the codec refuses. */
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
)
const text = (value: string): MessageHeaderValue => ({ type: 'string', value })
const encode = (headers: MessageHeaders, body: Buffer): Buffer => Buffer.from(codec.encode({ headers, body }))
const event = (type: string, payload: string): Buffer =>
  encode({ ':message-type': text('event'), ':event-type': text(type) }, Buffer.from(payload))

function read(chunks: readonly Buffer[], maxFrameBytes = 1_000_000): readonly Frame[] {
  const reader = new AwsEventStreamReader({ maxFrameBytes })
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()]
}

function cut(bytes: Buffer, positions: readonly number[]): readonly Buffer[] {
  const cuts = [0, ...positions.map((position) => position % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end))
}

const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((name) => Buffer.byteLength(name) < 200)
const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const headerValue: fc.Arbitrary<MessageHeaderValue> = fc.oneof(
  fc.boolean().map((value) => ({ type: 'boolean', value }) as const),
  fc.integer({ min: -128, max: 127 }).map((value) => ({ type: 'byte', value }) as const),
  fc.integer({ min: -32_768, max: 32_767 }).map((value) => ({ type: 'short', value }) as const),
  fc.integer().map((value) => ({ type: 'integer', value }) as const),
  bytes(8).map((value) => ({ type: 'long', value: new Int64(value) }) as const),
  fc.uint8Array({ maxLength: 40 }).map((value) => ({ type: 'binary', value }) as const),
  word.map(text),
  fc.date({ noInvalidDate: true }).map((value) => ({ type: 'timestamp', value }) as const),
  fc.uuid().map((value) => ({ type: 'uuid', value }) as const),
)
const otherHeaders = fc.dictionary(
  word.filter((name) => !name.startsWith(':')),
  headerValue,
  { maxKeys: 5 },
)
const payload = fc.string({ unit: 'binary', maxLength: 60 })

/** A frame as it is sent, and its expected decoding. Lone surrogates do not survive UTF-8. */
const message: fc.Arbitrary<{ readonly wire: Buffer; readonly frame: Frame }> = fc
  .tuple(fc.constantFrom('event', 'exception', 'error'), word, payload, otherHeaders)
  .map(([kind, name, said, others]) => {
    const wireName = Buffer.from(name).toString()
    const wireSaid = Buffer.from(said).toString()
    const own: MessageHeaders =
      kind === 'error'
        ? { ':message-type': text(kind), ':error-code': text(name), ':error-message': text(said) }
        : { ':message-type': text(kind), [`:${kind}-type`]: text(name) }
    const wire = encode({ ...others, ...own }, Buffer.from(kind === 'error' ? '' : said))
    const data = kind === 'error' ? JSON.stringify({ message: wireSaid }) : wireSaid
    return { wire, frame: { type: 'data', event: wireName, data } }
  })

describe('frames', () => {
  test('are those that AWS’s codec wrote, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 30 }), (messages, positions) => {
        const whole = Buffer.concat(messages.map(({ wire }) => wire))
        expect(read(cut(whole, positions))).toEqual(messages.map(({ frame }) => frame))
      }),
      { numRuns: 500 },
    )
  })

  test('survive every single split, and single bytes', () => {
    const whole = Buffer.concat([event('messageStart', '{"role":"assistant"}'), event('x', '{"text":"naïve 😀"}')])
    const frames = read([whole])
    expect(frames[1]).toEqual({ type: 'data', event: 'x', data: '{"text":"naïve 😀"}' })
    for (let at = 0; at <= whole.length; at++) {
      expect(read([whole.subarray(0, at), whole.subarray(at)])).toEqual(frames)
    }
    expect(read(Array.from(whole, (byte) => Buffer.from([byte])))).toEqual(frames)
  })
})

describe('what is no frame', () => {
  test('is refused wherever one bit is wrong, as AWS’s codec refuses it', () => {
    fc.assert(
      fc.property(message, fc.nat(), ({ wire }, position) => {
        const wrong = Buffer.from(wire)
        const bit = position % (8 * wire.length)
        wrong.writeUInt8(wrong.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        expect(() => codec.decode(wrong)).toThrow()
        expect(() => read([wrong])).toThrow(/^an event /)
      }),
      { numRuns: 500 },
    )
  })

  test('is an end inside a frame', () => {
    const wire = event('messageStop', '{"stopReason":"end_turn"}')
    for (let at = 1; at < wire.length; at++) expect(() => read([wire.subarray(0, at)])).toThrow(BrokenFrame)
    expect(read([wire])).toHaveLength(1)
  })

  test('is a header that runs past its frame, though its checksums are right', () => {
    const lying = frameOf(Buffer.from([1, 97, 7, 255, 255, 98]))
    expect(() => read([lying])).toThrow('an event with a broken header')
    expect(() => read([frameOf(Buffer.from([1, 97, 10]))])).toThrow('an event with a broken header')
    expect(() => read([frameOf(Buffer.from([200]))])).toThrow('an event with a broken header')
  })

  test('is an answer in another language', () => {
    expect(() => read([Buffer.from('data: {"choices":[]}\n\n')])).toThrow(BrokenFrame)
    expect(() => read([encode({}, Buffer.from('{}'))])).toThrow('an event of no known type')
  })
})

/** Makes a frame with these bytes as headers, and correct checksums. */
function frameOf(headers: Buffer): Buffer {
  const frame = Buffer.alloc(16 + headers.length)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(headers.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  headers.copy(frame, 12)
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4)
  return frame
}

describe('the cap', () => {
  test('refuses a frame when it is announced, before any of it is kept', () => {
    const wire = event('x', 'y'.repeat(1_000))
    const reader = new AwsEventStreamReader({ maxFrameBytes: wire.length - 1 })
    expect(reader.push(wire.subarray(0, 11))).toEqual([])
    expect(() => reader.push(wire.subarray(11, 12))).toThrow(FrameTooLarge)
    expect(read([wire], wire.length)).toHaveLength(1)
  })

  test('keeps no chunk, but a copy of its bytes', () => {
    const reader = new AwsEventStreamReader({ maxFrameBytes: 1_000_000 })
    const chunk = Buffer.alloc(1)
    const frames = Array.from(event('x', '{"text":"naïve"}'), (byte) => {
      chunk[0] = byte
      return reader.push(chunk)
    })
    expect(frames.flat()).toEqual([{ type: 'data', event: 'x', data: '{"text":"naïve"}' }])
  })

  test('does not let an announced length take memory that no bytes fill', () => {
    const wire = event('x', 'y'.repeat(60_000_000))
    const before = process.memoryUsage().arrayBuffers
    const readers = Array.from({ length: 50 }, () => new AwsEventStreamReader({ maxFrameBytes: 64_000_000 }))
    for (const reader of readers) reader.push(wire.subarray(0, 100))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
    expect(readers).toHaveLength(50)
  })
})

const touched = (frameBytes: number): number => {
  const wire = event('x', 'y'.repeat(frameBytes))
  return bytesTouched(() => {
    const reader = new AwsEventStreamReader({ maxFrameBytes: 64_000_000 })
    for (let at = 0; at < wire.length; at += 64) reader.push(wire.subarray(at, at + 64))
    reader.end()
  })
}

test('work grows with the length of a frame, not with its square', () => {
  const few = touched(20_000)
  expect(few).toBeGreaterThan(20_000)
  // 16 times the bytes: linear is 16 times the work, twice that with the copies of a buffer that doubles; quadratic 256 times.
  expect(touched(320_000) / few).toBeLessThan(32)
})

describe('a call', () => {
  const speaks = { ...plainProtocol, framing: 'aws-event-stream' } as const
  const served = (...wires: readonly Buffer[]) =>
    scriptUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
      response.end(Buffer.concat(wires))
    })

  test.each([
    [
      'a wrong checksum',
      [Buffer.concat([event('x', 'b').subarray(0, -4), Buffer.alloc(4)])],
      'Prov A sent an event with a wrong checksum.',
    ],
    ['an end inside a frame', [event('x', 'b').subarray(0, -1)], 'Prov A sent an event that broke off.'],
    ['a frame beyond the cap', [event('x', 'b'.repeat(400_000))], 'Prov A sent an event of more than 300000 bytes.'],
  ] as const)('ends with an error of the upstream after %s', async (_, wires, message) => {
    const upstream = await served(...wires)
    const call = callerOf({ baseUrl: upstream.url, protocol: speaks, limits: { frameBytes: 300_000 } })
    expect(await failureOf(call())).toMatchObject({ kind: 'provider_unavailable', scope: 'next-endpoint', message })
  })

  test('that is cut between two frames is judged by the language', async () => {
    const upstream = await served(event('x', 'a'), event('x', 'b'))
    const call = callerOf({ baseUrl: upstream.url, protocol: speaks })
    expect(await failureOf(call())).toMatchObject({ text: 'ab', message: 'no [DONE]' })
  })
})
