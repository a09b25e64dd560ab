import type { Readable } from 'node:stream'
import { GrowingBuffer } from './growing-buffer.ts'

type Outcome = Buffer | 'too long' | 'broken off'

/**
 * Reads a stream to its end, in one copy however small its chunks are. A stream that is too long or too late is not read further, and stays
 * open, so that its sender can still get an answer.
 */
export function readStream(stream: Readable, limit: number): Promise<Outcome>
/** Reads a stream in the same way, for at most so many milliseconds. */
export function readStream(stream: Readable, limit: number, withinMs: number): Promise<Outcome | 'too late'>
export function readStream(stream: Readable, limit: number, withinMs?: number): Promise<Outcome | 'too late'> {
  return new Promise((resolve) => {
    const body = new GrowingBuffer()
    const end = (outcome: Outcome | 'too late'): void => {
      clearTimeout(timer)
      stream.off('data', onData).off('end', onEnd).off('error', onBreak).off('close', onBreak)
      resolve(outcome)
      // The listeners keep the buffer as long as the stream exists, which may be until the answer ends.
      body.clear()
    }
    const onData = (chunk: Buffer): void => {
      if (!body.append(chunk, limit)) end('too long')
    }
    const onEnd = (): void => end(body.bytes)
    const onBreak = (): void => end('broken off')
    const timer = withinMs === undefined ? undefined : setTimeout(end, withinMs, 'too late')
    if (stream.destroyed) return end('broken off')
    stream.on('data', onData).on('end', onEnd).on('error', onBreak).on('close', onBreak)
  })
}
