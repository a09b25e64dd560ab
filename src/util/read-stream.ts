import type { Readable } from 'node:stream'
import { GrowingBuffer } from './growing-buffer.ts'

/**
 * Reads a stream to its end, in one copy however small its chunks are. What is longer than the limit is left unread and the stream open,
 * so that its sender can still be answered.
 */
export function readStream(stream: Readable, limit: number): Promise<Buffer | 'too long' | 'broken off'> {
  return new Promise((resolve) => {
    const body = new GrowingBuffer()
    const end = (outcome: Buffer | 'too long' | 'broken off'): void => {
      stream.off('data', onData).off('end', onEnd).off('error', onBreak).off('close', onBreak)
      resolve(outcome)
      // The scope of the listeners lives as long as the stream, which may be as long as the answer to it.
      body.clear()
    }
    const onData = (chunk: Buffer): void => {
      if (!body.append(chunk, limit)) end('too long')
    }
    const onEnd = (): void => end(body.bytes)
    const onBreak = (): void => end('broken off')
    if (stream.destroyed) return end('broken off')
    stream.on('data', onData).on('end', onEnd).on('error', onBreak).on('close', onBreak)
  })
}
