import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Issue } from '../../../src/canonical/errors.ts'
import { ChatCompletionsChunkSchema } from '../../../src/protocols/chat-completions/schema/chunk.ts'
import { ChatCompletionsResponseSchema } from '../../../src/protocols/chat-completions/schema/response.ts'
import { ErrorResponseSchema } from '../../../src/protocols/gateway-fields/schema/error-response.ts'
import { compileValidator, describeIssues } from '../../../src/protocols/schema/validate.ts'
import type { TestGateway } from '../../gateway.ts'
import { type Chunk, readStream } from '../../sse.ts'
import { everyReply, startEveryReply } from './every-reply.ts'
import { useVirtualTime } from '../../virtual-time.ts'

useVirtualTime()

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startEveryReply()
})
afterAll(() => gateway.close())

const validateResponse = compileValidator(ChatCompletionsResponseSchema)
const validateChunk = compileValidator(ChatCompletionsChunkSchema)
const validateError = compileValidator(ErrorResponseSchema)

type Validation<Body> =
  | { readonly ok: true; readonly value: Body }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/** Returns the body, which must match the published schema. */
function valid<Body>(validation: Validation<Body>): Body {
  if (!validation.ok) throw new Error(describeIssues(validation.issues))
  return validation.value
}

/** Expects the standard envelope, whose code is the status (contract §5.1). */
async function expectError(reply: Response, status: number): Promise<void> {
  expect(reply.status).toBe(status)
  expect(reply.headers.get('content-type')).toBe('application/json')
  expect(valid(validateError(await reply.json())).error.code).toBe(status)
}

describe.concurrent('every JSON reply is as published', () => {
  test.for(everyReply)('$behaviour', async ({ model, json }, { expect }) => {
    const reply = await gateway.chat({ model })
    expect(reply.headers.get('x-generation-id')).toMatch(/^gen-/)
    if (typeof json === 'object' && 'status' in json) return expectError(reply, json.status)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json'])
    const { id, choices } = valid(validateResponse(await reply.json()))
    expect(id).toBe(reply.headers.get('x-generation-id'))
    // Contract row 37: a choice that broke off has the error.
    const broken = json === 'answer' ? undefined : json.broken
    expect(choices[0]?.error?.code).toBe(broken)
    if (broken !== undefined) expect(choices[0]?.finish_reason).toBe('error')
  })
})

describe.concurrent('contract rows 28, 31, 33, 34: every stream is as published', () => {
  test.for(everyReply)('$behaviour', async ({ model, stream }, { expect }) => {
    const reply = await gateway.chat({ model, stream: true })
    const id = reply.headers.get('x-generation-id')
    if (typeof stream === 'object' && 'status' in stream) return expectError(reply, stream.status)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const { chunks, done } = await readStream(reply)
    expect(done).toBe(true)
    for (const chunk of chunks) {
      expect(valid(validateChunk(chunk))).toMatchObject({ id, model, object: 'chat.completion.chunk' })
    }
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
    if (stream === 'answer') expectComplete(chunks)
    else expectBroken(chunks, stream.broken)
  })
})

const isFinish = ({ choices }: Chunk): boolean => choices.some((choice) => choice.finish_reason !== null)

/** Expects one finish, then one usage chunk without choices, and no error. */
function expectComplete(chunks: readonly Chunk[]): void {
  expect(chunks.filter(isFinish)).toEqual([chunks.at(-2)])
  expect(chunks.filter((chunk) => 'usage' in chunk)).toEqual([chunks.at(-1)])
  expect(chunks.at(-1)?.choices).toEqual([])
  expect(chunks.filter((chunk) => 'error' in chunk)).toEqual([])
}

/** The error is the last event, and no usage comes. */
function expectBroken(chunks: readonly Chunk[], code: number): void {
  expect(chunks.filter((chunk) => 'error' in chunk)).toEqual([chunks.at(-1)])
  expect(chunks.filter((chunk) => 'usage' in chunk)).toEqual([])
  expect(chunks.at(-1)).toMatchObject({
    error: { code, metadata: { error_type: expect.any(String) } },
    choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
  })
}
