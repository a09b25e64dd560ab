import { expect } from 'vitest'
import type { TestGateway } from '../gateway.ts'
import { type Chunk, readStream } from '../sse.ts'
import { at } from './exchange.ts'

/** Reads a complete streamed chat. It must begin as a stream, and decoders must accept every chunk. */
export async function openStream(gateway: TestGateway, model: string, more: object = {}) {
  const reply = await gateway.chat({ model, stream: true, ...more })
  const type = reply.headers.get('content-type')
  expect({ status: reply.status, type }).toEqual({ status: 200, type: 'text/event-stream' })
  const read = await readStream(reply)
  for (const chunk of read.chunks) checkChunk(chunk)
  expect(read.done).toBe(true)
  return { ...read, headers: reply.headers }
}

/** Checks the rules for every chunk: contract row 31, §4.2. */
export function checkChunk(chunk: Chunk): void {
  expect(chunk).toMatchObject({
    id: expect.stringMatching(/^gen-/),
    object: 'chat.completion.chunk',
    created: expect.any(Number),
    model: expect.any(String),
    choices: expect.any(Array),
  })
  for (const name of ['error', 'usage', 'system_fingerprint', 'provider', 'openrouter_metadata', 'debug']) {
    if (name in chunk) expect(at(chunk, name)).not.toBeNull()
  }
  for (const choice of chunk.choices) {
    expect(choice).toHaveProperty('finish_reason')
    expect(choice).toHaveProperty('delta')
    expect(Number.isInteger(choice.index)).toBe(true)
  }
}

export const deltas = (chunks: readonly Chunk[]) =>
  chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta ?? {}))

/** Joins the texts of one member of the deltas. */
export const joined = (chunks: readonly Chunk[], ...path: readonly string[]): string =>
  deltas(chunks)
    .map((delta) => {
      const piece = at(delta, ...path)
      return typeof piece === 'string' ? piece : ''
    })
    .join('')

export const finishes = (chunks: readonly Chunk[]) =>
  chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason)).filter((reason) => reason !== null)

/** Returns the position of the first chunk with this member; -1 where there is none. */
export const holding = (chunks: readonly Chunk[], name: string): number => chunks.findIndex((chunk) => name in chunk)

/** Returns the position of the first chunk with this member in a delta. */
export const withDelta = (chunks: readonly Chunk[], name: string): number =>
  chunks.findIndex(({ choices }) => choices.some(({ delta }) => delta !== undefined && name in delta))
