import { EventStreamCodec } from '@smithy/eventstream-codec'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { awsEvent, awsEventStream } from './aws-event-stream.ts'

/** AWS's own codec decodes what the simulator writes. It throws where a length or a checksum is wrong. */
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
)

function read(text: string) {
  const { headers, body } = codec.decode(Buffer.from(text, 'latin1'))
  const named = Object.entries(headers).map(([name, { value }]) => [name, value])
  return { headers: Object.fromEntries(named), body: Buffer.from(body).toString() }
}

test('AWS’s codec decodes an event', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const payload = { value }
      expect(read(awsEvent('contentBlockDelta', payload))).toEqual({
        headers: {
          ':event-type': 'contentBlockDelta',
          ':content-type': 'application/json',
          ':message-type': 'event',
        },
        body: Buffer.from(JSON.stringify(payload)).toString(),
      })
    }),
  )
})

test('a failure is an exception', () => {
  expect(read(awsEventStream.frame('{"message":"naïve 😀"}'))).toMatchObject({
    headers: { ':message-type': 'exception', ':exception-type': 'internalServerException' },
    body: '{"message":"naïve 😀"}',
  })
})

test('in a broken frame only the JSON is broken', () => {
  expect(() => JSON.parse(read(awsEventStream.broken).body)).toThrow(SyntaxError)
  expect(read(awsEventStream.comment)).toMatchObject({ headers: { ':message-type': 'event' }, body: '{}' })
})

test('padding makes a frame larger and leaves it valid', () => {
  const event = awsEvent('contentBlockDelta', { delta: { text: 'é' } })
  const [head = '', tail = ''] = awsEventStream.padded?.(event, 70_000) ?? []
  const { headers, body } = read(head + 'x'.repeat(70_000) + tail)
  expect(headers).toMatchObject({ ':event-type': 'contentBlockDelta' })
  expect(JSON.parse(body)).toEqual({ padding: 'x'.repeat(70_000), delta: { text: 'é' } })
})

test('an endless frame declares its length', () => {
  const beginning = Buffer.from(awsEventStream.endless?.(1_000) ?? '', 'latin1')
  expect(beginning.readUInt32BE(0)).toBe(1_016)
  expect(() => codec.decode(Buffer.concat([beginning, Buffer.alloc(1_004)]))).toThrow(/checksum/)
})
