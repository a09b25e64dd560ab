import type { Readable } from 'node:stream'
import { GrowingBuffer } from './growing-buffer.ts'

type Outcome = Buffer | 'too long' | 'broken off'

/**
 * Reads a stream to its end, in one copy however small its chunks are. What is longer than the limit, or late, is left unread and the
 * stream open, so that its sender can still be answered.
 */
export function readStream(stream: Readable, limit: number): Promise<Outcome>
/** The same, for at most so many milliseconds. */
export function readStream(stream: Readable, limit: number, withinMs: number): Promise<Outcome | 'too late'>
export function readStream(stream: Readable, limit: number, withinMs?: number): Promise<Outcome | 'too late'> {
  return new Promise((resolve) => {
    const body = new GrowingBuffer()
    const end = (outcome: Outcome | 'too late'): void => {
      clearTimeout(timer)
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
    const timer = withinMs === undefined ? undefined : setTimeout(end, withinMs, 'too late')
    if (stream.destroyed) return end('broken off')
    stream.on('data', onData).on('end', onEnd).on('error', onBreak).on('close', onBreak)
  })
}
