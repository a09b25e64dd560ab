import { createParser } from 'eventsource-parser'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Frame } from '../protocols/protocol.ts'
import { FrameTooLarge, SseReader } from './sse-reader.ts'
import { bytesTouched } from './testing/bytes-touched.ts'

function read(chunks: readonly Buffer[], maxFrameBytes = 1_000_000): readonly Frame[] {
  const reader = new SseReader({ maxFrameBytes })
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()]
}

const readText = (text: string, maxFrameBytes?: number): readonly Frame[] => read([Buffer.from(text)], maxFrameBytes)

/** Reads the whole text with eventsource-parser; a last frame of complete lines is completed, as in the gateway's reader. */
function oracle(text: string): readonly Frame[] {
  const frames: Frame[] = []
  const parser = createParser({
    // It hands out events without data, which are no events by the standard.
    onEvent: ({ event, data }) =>
      frames.push(/^\s*$/.test(data) ? { type: 'comment' } : { type: 'data', event: event ?? null, data }),
    onComment: () => frames.push({ type: 'comment' }),
  })
  parser.feed(text)
  if (/[\r\n]$/.test(text)) parser.feed('\n\n')
  return frames
}

function cut(bytes: Buffer, positions: readonly number[]): readonly Buffer[] {
  const cuts = [0, ...positions.map((position) => position % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end))
}

const lineEnd = fc.constantFrom('\n', '\r', '\r\n')
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', ' ', '  x', '{"a":"é😀"}', '[DONE]'),
)
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom('data:', 'data: ', 'event:', 'event: '), value).map((parts) => parts.join('')),
  },
  fc
    .tuple(fc.constantFrom('id: ', 'retry:', 'dataset: ', 'eventual:', ' data:', ':', ': ', 'Data: '), value)
    .map((parts) => parts.join('')),
  fc.constantFrom('data', 'event', 'id', 'dat', ''),
)
const stream = fc
  .tuple(
    fc.constantFrom('', '\uFEFF'),
    fc.array(fc.tuple(line, lineEnd, fc.constantFrom('', '', '\n', '\r\n', '\r'))),
    fc.constantFrom('', 'data: unfinished'),
  )
  .map(([mark, lines, rest]) => mark + lines.flat().join('') + rest)

const event = (n: number): string[] => [
  `: tick ${n}`,
  'event: chunk',
  `data: {"n":${n},"text":"naïve 😀 日本"}`,
  'data: more',
  '',
]

describe('frames', () => {
  test('are what eventsource-parser finds, however the bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 40 }), (text, positions) => {
        // Lone surrogates do not survive UTF-8, so the oracle gets the decoded bytes.
        const bytes = Buffer.from(text)
        expect(read(cut(bytes, positions))).toEqual(oracle(bytes.toString()))
      }),
      { numRuns: 2_000 },
    )
  })

  test('do not depend on the cut even where the bytes are no UTF-8', () => {
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(10, 13, 0xef, 0xbb, 0xbf, 0xf0, 0x9f, ...Buffer.from('data: ')))
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 80 }), fc.array(fc.nat(), { maxLength: 20 }), (bytes, positions) => {
        const whole = Buffer.concat([Buffer.from('data: '), Buffer.from(bytes), Buffer.from('\n\n')])
        expect(read(cut(whole, positions))).toEqual(read([whole]))
      }),
    )
  })

  test.each(['\n', '\r', '\r\n'])('survive every single split of a 4 kB stream with line end %j', (end) => {
    const bytes = Buffer.from('\uFEFF' + Array.from({ length: 60 }, (_, n) => event(n).join(end) + end).join(''))
    expect(bytes.length).toBeGreaterThan(4096)
    const whole = read([bytes])
    expect(whole).toHaveLength(120)
    expect(whole[1]).toEqual({ type: 'data', event: 'chunk', data: '{"n":0,"text":"naïve 😀 日本"}\nmore' })
    for (let at = 0; at <= bytes.length; at++) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole)
    }
    expect(read(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(whole)
  })
})

describe('the end of the body', () => {
  test('hands out a last event whose lines are complete', () => {
    expect(readText('data: [DONE]\n')).toEqual([{ type: 'data', event: null, data: '[DONE]' }])
    expect(readText('data: [DONE]\r')).toEqual([{ type: 'data', event: null, data: '[DONE]' }])
  })

  test('drops an event that was cut', () => {
    expect(readText('data: {"a":')).toEqual([])
    expect(readText('data: one\ndata: tw')).toEqual([])
  })
})

describe('the cap', () => {
  test('refuses one long line before it keeps more than the cap', () => {
    const reader = new SseReader({ maxFrameBytes: 1_000_000 })
    const chunk = Buffer.alloc(65_536, 'x')
    for (let kept = 65_536; kept <= 1_000_000; kept += 65_536) reader.push(chunk)
    expect(() => reader.push(chunk)).toThrow(FrameTooLarge)
  })

  test('keeps no chunk, but a copy of its bytes', () => {
    const reader = new SseReader({ maxFrameBytes: 1_000_000 })
    const chunk = Buffer.alloc(1)
    const frames = Array.from(Buffer.from('event: a\ndata: one\ndata: two\n\n'), (byte) => {
      chunk[0] = byte
      return reader.push(chunk)
    })
    expect(frames.flat()).toEqual([{ type: 'data', event: 'a', data: 'one\ntwo' }])
  })

  test('refuses one event of many short lines', () => {
    expect(() => readText('data: 12345678\n'.repeat(100), 1000)).toThrow('an event of more than 1000 bytes')
  })

  test('counts anew for each event and not at all for comments', () => {
    expect(readText('data: 12345678\n\n: ping\n'.repeat(100), 100)).toHaveLength(200)
  })

  test('falls at the same byte however the event is cut', () => {
    const event = Buffer.from('data: é5678\ndata: 12345678\n\n')
    const size = event.length - 3
    for (let at = 0; at <= event.length; at++) {
      const chunks = [event.subarray(0, at), event.subarray(at)]
      expect(read(chunks, size)).toHaveLength(1)
      expect(() => read(chunks, size - 1)).toThrow(FrameTooLarge)
    }
  })
})

const touched = (bytes: number): number =>
  bytesTouched(() => {
    const reader = new SseReader({ maxFrameBytes: 64_000_000 })
    const chunk = Buffer.alloc(64, 'x')
    reader.push(Buffer.from('data: '))
    for (let pushed = 0; pushed < bytes; pushed += chunk.length) reader.push(chunk)
    expect(reader.push(Buffer.from('\n\n'))).toHaveLength(1)
  })

test('work grows with the length of a line, not with its square', () => {
  const few = touched(20_000)
  expect(few).toBeGreaterThan(20_000)
  // 16 times the bytes: linear is 16 times the work, twice that with the copies of a buffer that doubles; quadratic 256 times.
  expect(touched(320_000) / few).toBeLessThan(32)
})
