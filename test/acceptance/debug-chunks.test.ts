import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { asText, at, called, calls, readJson } from './exchange.ts'
import { holding, openStream } from './stream-exchange.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/looks': { input_modalities: ['text', 'image'], ...behaving('steady') },
      'acme/status-503': behaving('status-503', 'steady'),
      'acme/status-500': behaving('status-500', 'steady'),
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('contract row 36: debug chunks', () => {
  const debug = { echo_upstream_body: true }

  test('the first chunk shows what was sent', async () => {
    const { chunks, text } = await openStream(gateway, 'acme/m1', { debug, temperature: 0.5, user: 'alice' })
    expect(chunks[0]).toMatchObject({
      provider: 'Prov A',
      choices: [],
      debug: {
        echo_upstream_body: {
          model: 'steady',
          temperature: 0.5,
          stream: true,
          messages: [{ role: 'user', content: 'hi' }],
        },
      },
    })
    expect(chunks.filter((chunk) => 'debug' in chunk)).toHaveLength(1)
    expect(text).toBe(simulatedText(12))
    expect(JSON.stringify(chunks)).not.toMatch(/upstream-secret|alice|sk-or-v1/)
    const identity = asText(at(calls(gateway)[0]?.body, 'user'))
    expect(JSON.stringify(chunks)).not.toContain(identity)
    expect(calls(gateway).at(-1)?.body).not.toHaveProperty('debug')
  })

  test('one for each provider that was tried', async () => {
    const { chunks } = await openStream(gateway, 'acme/status-503', { debug })
    const debugged = chunks.filter((chunk) => 'debug' in chunk)
    expect(debugged.map(({ provider }) => provider)).toEqual(['Prov A', 'Prov B'])
    expect(debugged.map((chunk) => chunk.debug?.echo_upstream_body['model'])).toEqual(['status-503', 'steady'])
    expect(chunks.slice(0, 2)).toEqual(debugged)
  })

  test('one for a provider that was tried twice', async () => {
    const { chunks } = await openStream(gateway, 'acme/status-500', { debug })
    expect(called(gateway)).toEqual(['prov-a', 'prov-a', 'prov-b'])
    expect(chunks.filter((chunk) => 'debug' in chunk).map(({ provider }) => provider)).toEqual(['Prov A', 'Prov B'])
  })

  test('base64 is not echoed', async () => {
    const image = `data:image/png;base64,${Buffer.alloc(3000, 'pixels').toString('base64')}`
    const content = [
      { type: 'text', text: 'hi' },
      { type: 'image_url', image_url: { url: image } },
    ]
    const { chunks } = await openStream(gateway, 'acme/looks', { debug, messages: [{ role: 'user', content }] })
    expect(calls(gateway).at(-1)?.body).toMatchObject({ messages: [{ content }] })
    expect(at(chunks[0], 'debug', 'echo_upstream_body', 'messages', 0, 'content', 0)).toEqual(content[0])
    expect(JSON.stringify(chunks[0])).not.toContain(image.slice(30, 200))
  })

  test('without a stream it is ignored', async () => {
    const { status, body } = await readJson(gateway.chat({ debug }))
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('debug')
  })

  test('false is no wish', async () => {
    const { chunks } = await openStream(gateway, 'acme/m1', { debug: { echo_upstream_body: false } })
    expect(holding(chunks, 'debug')).toBe(-1)
  })
})
