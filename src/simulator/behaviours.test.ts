import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useVirtualTime } from '../../test/virtual-time.ts'
import { behaviours } from './behaviours.ts'
import { at, dataFrames, sendRequest, post, streamedText, until } from './test-client.ts'
import { simulatedText } from './simulated-text.ts'
import { startSimulator, type Simulator } from './simulator.ts'

useVirtualTime()

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const body = (model: string, extra: object = {}) => ({ model, messages: [{ role: 'user', content: 'hi' }], ...extra })
const url = (): string => `${simulator.url}/v1/chat/completions`
const json = (model: string, extra: object = {}) => post(url(), body(model, extra))
const stream = (model: string, extra: object = {}) => post(url(), body(model, { stream: true, ...extra }))
const timed = async <Value>(work: Promise<Value>): Promise<{ value: Value; milliseconds: number }> => {
  const start = performance.now()
  return { value: await work, milliseconds: performance.now() - start }
}
const lastEntry = () => simulator.journal().at(-1)

describe('before the first byte', () => {
  test('status and retry-after', async () => {
    const failed = await stream('status-503+retry-after-7')
    expect(failed.status).toBe(503)
    expect(failed.headers['retry-after']).toBe('7')
    expect(at(JSON.parse(failed.text), 'error', 'type')).toBe('server_error')
    const limited = await json('retry-after-2')
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '2'])
    expect((await json('status-429')).headers['retry-after']).toBe(undefined)
  })

  test('context-length and content-filter name their code', async () => {
    expect(at(JSON.parse((await json('context-length')).text), 'error', 'code')).toBe('context_length_exceeded')
    expect(at(JSON.parse((await json('content-filter')).text), 'error', 'code')).toBe('content_filter')
  })

  test('reset closes without a status', async () => {
    expect(await stream('reset')).toMatchObject({ status: 0, ending: 'ECONNRESET' })
    expect(lastEntry()).toMatchObject({ status: 0, closedBy: 'server' })
  })

  test('blackhole never answers', async () => {
    const { reply, abort } = sendRequest(url(), body('blackhole'))
    const silence = new Promise((resolve) => setTimeout(() => resolve('silence'), 150))
    expect(await Promise.race([reply, silence])).toBe('silence')
    abort()
  })

  test('slow-first-token sends headers, pings, then the text', async () => {
    const { value, milliseconds } = await timed(stream('slow-first-token-200+ping-45'))
    expect(milliseconds).toBeGreaterThanOrEqual(200)
    expect(milliseconds).toBeLessThan(250)
    expect(value.text.match(/^: keep-alive$/gm)).toHaveLength(4)
    expect(value.text.indexOf(': keep-alive')).toBe(0)
    expect(value.text.lastIndexOf(': keep-alive')).toBeLessThan(value.text.indexOf('data: '))
    expect((await timed(json('slow-first-token-100'))).milliseconds).toBeGreaterThanOrEqual(100)
  })
})

describe('replies that break off', () => {
  test('cut-after resets the connection after n chunks', async () => {
    const reply = await stream('tokens-60+cut-after-40')
    expect(reply.ending).toBe('ECONNRESET')
    expect(streamedText(reply.text)).toBe(simulatedText(40))
    expect(lastEntry()).toMatchObject({ chunksSent: 40, finishedAt: null, closedBy: 'server' })
  })

  test('cut-after the last chunk removes the finish; a cut beyond the last chunk has no effect', async () => {
    const cut = await stream('tokens-5+cut-after-5')
    expect(cut.ending).toBe('ECONNRESET')
    expect(cut.text).not.toContain('"finish_reason":"stop"')
    expect((await stream('tokens-5+cut-after-6')).text).toContain('[DONE]')
  })

  test('eof-after ends the body cleanly, unfinished', async () => {
    const reply = await stream('tokens-60+eof-after-7')
    expect(reply.ending).toBe('end')
    expect(streamedText(reply.text)).toBe(simulatedText(7))
    expect(reply.text).not.toMatch(/\[DONE\]|"finish_reason":"/)
  })

  test('stall-after sends nothing more on an open socket', async () => {
    const { reply, abort } = sendRequest(url(), body('stall-after-3', { stream: true }))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(lastEntry()).toMatchObject({ behaviour: 'stall-after-3', chunksSent: 3, closedAt: null })
    abort()
    expect(streamedText((await reply).text)).toBe(simulatedText(3))
  })

  test('error-in-200 and error-after send an error frame and end without [DONE]', async () => {
    const early = dataFrames((await stream('error-in-200')).text)
    expect(early).toHaveLength(2)
    expect(at(early, 0, 'choices', 0, 'delta', 'role')).toBe('assistant')
    expect(at(early, 1, 'error', 'message')).toEqual(expect.any(String))
    const late = await stream('tokens-9+error-after-4')
    expect(streamedText(late.text)).toBe(simulatedText(4))
    expect(at(dataFrames(late.text), -1, 'error', 'message')).toEqual(expect.any(String))
  })

  test('malformed-after inserts one broken frame and continues', async () => {
    const { text } = await stream('tokens-6+malformed-after-2')
    const broken = dataFrames(text).map((frame) => typeof frame === 'string' && frame !== '[DONE]')
    expect(broken.filter(Boolean)).toHaveLength(1)
    expect(broken.indexOf(true)).toBe(3)
    expect(streamedText(text)).toBe(simulatedText(6))
    expect(text).toContain('[DONE]')
  })

  test('a JSON reply breaks in the same ways', async () => {
    expect(await json('cut-after-3')).toMatchObject({ status: 200, ending: 'ECONNRESET' })
    const truncated = await json('eof-after-3')
    expect(truncated.ending).toBe('end')
    for (const { text } of [truncated, await json('malformed-after-3')]) expect(() => JSON.parse(text)).toThrow()
    expect(at(JSON.parse((await json('error-in-200')).text), 'error', 'type')).toBe('server_error')
    const { reply, abort } = sendRequest(url(), body('stall-after-3'))
    await new Promise((resolve) => setTimeout(resolve, 100))
    abort()
    expect((await reply).text).toMatch(/^\{"id":"chatcmpl-/)
  })
})

describe('unusual but complete replies', () => {
  test('pace waits between chunks', async () => {
    expect((await timed(stream('tokens-5+pace-30'))).milliseconds).toBeGreaterThanOrEqual(120)
    expect((await timed(json('tokens-5+pace-30'))).milliseconds).toBeGreaterThanOrEqual(120)
  })

  test('empty has no text and zero tokens', async () => {
    const reply = JSON.parse((await json('empty')).text)
    expect(at(reply, 'choices', 0, 'message', 'content')).toBe('')
    expect(at(reply, 'choices', 0, 'finish_reason')).toBe('stop')
    expect(at(reply, 'usage', 'completion_tokens')).toBe(0)
    expect(streamedText((await stream('empty')).text)).toBe('')
  })

  test('no-usage, no-done and no-finish each leave out one thing only', async () => {
    const usage = { stream_options: { include_usage: true } }
    expect((await stream('steady', usage)).text).toMatch(/"choices":\[\],"usage":\{/)
    expect((await stream('no-usage', usage)).text).not.toContain('"usage":{')
    expect((await stream('no-done', usage)).text).not.toContain('[DONE]')
    expect((await stream('no-finish')).text).toMatch(/^(?!.*"finish_reason":").*\[DONE\]/s)
    expect(JSON.parse((await json('no-usage')).text)).not.toHaveProperty('usage')
    expect(at(JSON.parse((await json('no-finish')).text), 'choices', 0, 'finish_reason')).toBe(null)
  })

  test('finish, usage and cached set what is reported', async () => {
    const reply = JSON.parse((await json('finish-MAX_TOKENS+usage-1000-500+cached-200')).text)
    expect(at(reply, 'choices', 0, 'finish_reason')).toBe('MAX_TOKENS')
    expect(reply.usage).toMatchObject({ prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 })
    expect(reply.usage.prompt_tokens_details.cached_tokens).toBe(200)
    expect((await stream('finish-MAX_TOKENS')).text).toContain('"finish_reason":"MAX_TOKENS"')
  })

  test('fragment-bytes sends every byte in a chunk of its own, and the stream stays the same', async () => {
    const reply = await stream('tokens-12+fragment-bytes', { messages: [{ role: 'user', content: 'é' }] })
    expect(reply.reads.every((read) => read.length === 1)).toBe(true)
    expect(streamedText(reply.text)).toBe(simulatedText(12))
    const whole = await json('fragment-bytes')
    expect(whole.reads.every((read) => read.length === 1)).toBe(true)
    expect(at(JSON.parse(whole.text), 'object')).toBe('chat.completion')
  })

  test('crlf and comments', async () => {
    const { text } = await stream('crlf+comments')
    expect(text.replaceAll('\r\n', '')).not.toContain('\n')
    expect(text.match(/^: keep-alive\r$/gm)).toHaveLength(12)
    expect(streamedText(text)).toBe(simulatedText(12))
  })

  test('huge-frame is one valid frame of 40 MB, endless-line ends after 64 MB without a line end', async () => {
    const huge = await stream('huge-frame')
    expect(streamedText(huge.text)).toBe(simulatedText(12))
    expect(Math.max(...huge.text.split('\n').map((line) => line.length))).toBeGreaterThan(40e6)
    const endless = await stream('endless-line')
    const tail = endless.text.slice(endless.text.lastIndexOf('\n'))
    expect(tail.length).toBeGreaterThan(64e6)
  })

  test('a client that does not read stops the stream', async () => {
    const payload = JSON.stringify(body('endless-line', { stream: true }))
    const socket = connect(simulator.port, '127.0.0.1').pause()
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${payload.length}\r\n\r\n${payload}`)
    await until(() => lastEntry()?.behaviour === 'endless-line' && lastEntry()?.closedAt === null)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const sent = lastEntry()?.bytesSent
    expect(sent).toBeGreaterThan(0)
    expect(sent).toBeLessThan(32e6)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(lastEntry()?.bytesSent).toBe(sent)
    socket.destroy()
    await until(() => lastEntry()?.closedBy === 'client')
  })
})

test('every behaviour is listed once, with a description that fits a table', () => {
  expect(new Set(behaviours.map(({ pattern }) => pattern)).size).toBe(behaviours.length)
  for (const { description } of behaviours) expect(description).toMatch(/^[^\n|]{10,110}$/)
})
