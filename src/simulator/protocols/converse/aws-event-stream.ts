import { crc32 } from 'node:zlib'
import type { Framing } from '../protocol.ts'

const textType = 7

/** The sizes of a prelude, and of the checksum after the payload. */
const preludeBytes = 12
const checksumBytes = 4

/** Returns one event, as text with one byte per character. */
export const awsEvent = (type: string, payload: object): string =>
  latin1(
    frame(
      { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
      JSON.stringify(payload),
    ),
  )

const awsException = (type: string, json: string): string =>
  latin1(frame({ ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }, json))

/** The framing `application/vnd.amazon.eventstream`: each frame has lengths, checksums, headers and a payload. */
export const awsEventStream: Framing = {
  contentType: 'application/vnd.amazon.eventstream',
  encoding: 'latin1',
  // The protocol frames its own events. Only a failure in the middle of an answer is framed by this function.
  frame: (json) => awsException('internalServerException', json),
  broken: latin1(
    frame({ ':event-type': 'contentBlockDelta', ':message-type': 'event' }, '{"contentBlockIndex":0,"delta":{"te'),
  ),
  // Bedrock has no comments. An event of an unknown type has the same meaning.
  comment: awsEvent('keepAlive', {}),
  padded,
  endless: (bytes) => latin1(prelude(preludeBytes + checksumBytes + bytes, 0)),
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1')
}

function frame(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const body = Buffer.from(payload)
  return withChecksum(
    Buffer.concat([prelude(preludeBytes + head.length + body.length + checksumBytes, head.length), head, body]),
  )
}

function prelude(total: number, headers: number): Buffer {
  const bytes = Buffer.alloc(preludeBytes)
  bytes.writeUInt32BE(total, 0)
  bytes.writeUInt32BE(headers, 4)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8)
  return bytes
}

function header(name: string, value: string): Buffer {
  const bytes = Buffer.alloc(1 + name.length + 3)
  bytes.writeUInt8(name.length, 0)
  bytes.write(name, 1, 'latin1')
  bytes.writeUInt8(textType, 1 + name.length)
  bytes.writeUInt16BE(Buffer.byteLength(value), 2 + name.length)
  return Buffer.concat([bytes, Buffer.from(value)])
}

function withChecksum(bytes: Buffer): Buffer {
  const checksum = Buffer.alloc(checksumBytes)
  checksum.writeUInt32BE(crc32(bytes))
  return Buffer.concat([bytes, checksum])
}

/** Returns the event in two parts, between which `bytes` characters `x` belong. They fill a first member of the event's JSON. */
function padded(text: string, bytes: number): readonly [string, string] {
  const event = Buffer.from(text, 'latin1')
  const start = event.indexOf('{', preludeBytes + event.readUInt32BE(4)) + 1
  const before = Buffer.concat([event.subarray(preludeBytes, start), Buffer.from('"padding":"')])
  const after = Buffer.concat([Buffer.from('",'), event.subarray(start, -checksumBytes)])
  const head = Buffer.concat([
    prelude(preludeBytes + before.length + bytes + after.length + checksumBytes, event.readUInt32BE(4)),
    before,
  ])
  const checksum = Buffer.alloc(checksumBytes)
  checksum.writeUInt32BE(crc32(after, crc32(Buffer.alloc(bytes, 'x'), crc32(head))))
  return [latin1(head), latin1(Buffer.concat([after, checksum]))]
}
