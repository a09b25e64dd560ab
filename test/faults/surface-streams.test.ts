import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { otherSurfaces } from './operations.ts'

useVirtualTime()

/** Faults after the answer has begun, with the words that were said by then. */
const broken = {
  cut: behaving('cut-after-40+tokens-60+pace-1', 'tokens-60'),
  'end without the rest': behaving('eof-after-40+tokens-60+pace-1', 'tokens-60'),
  'no reason to end': behaving('no-finish+tokens-20+pace-1', 'steady'),
  silence: behaving('stall-after-20+tokens-60+pace-1', 'steady'),
  'a frame that is not JSON': behaving('malformed-after-20+tokens-60+pace-1', 'tokens-60'),
  'an error within': behaving('error-after-5+pace-1', 'steady'),
  'an end that the provider itself calls an error': behaving('finish-error+tokens-20+pace-1'),
}
/** Faults that no client sees. */
const mended = {
  'no [DONE]': behaving('no-done+tokens-60', 'steady'),
  'single bytes': behaving('fragment-bytes+tokens-60'),
  'carriage returns and comments': behaving('crlf+comments+fragment-bytes+tokens-60'),
  'a huge frame': behaving('huge-frame', 'tokens-60'),
  'an endless line': behaving('endless-line', 'tokens-60'),
  'an error before any word': behaving('error-in-200', 'tokens-60'),
}

type Event = Readonly<Record<string, unknown>>
const slugs = (models: object): readonly string[] => Object.keys(models).map((_, index) => `${index}`)

describe.each(otherSurfaces)('$name: a stream', ({ name, path, ask }) => {
  let gateway: TestGateway
  beforeAll(async () => {
    const named = (group: string, models: object) =>
      Object.values(models).map((model, index) => [`${group}/${index}`, model] as const)
    gateway = await startGateway({
      models: Object.fromEntries([...named('broken', broken), ...named('mended', mended)]),
      limits: { frame_mb: 1 },
      timeouts: { idle_ms: 2_000 },
    })
  })
  afterAll(() => gateway.close())
  beforeEach(() => gateway.simulator.clearJournal())

  async function read(model: string): Promise<{ readonly events: readonly Event[]; readonly text: string }> {
    const order = { order: ['prov-a', 'prov-b'] }
    const response = await gateway.post(path, { model, stream: true, provider: order, max_tokens: 500, ...ask })
    const body = await response.text()
    const events = body
      .split('\n')
      .flatMap((line) => (line.startsWith('data: {') ? [Object(JSON.parse(line.slice(6)))] : []))
    const text = events.map(({ type, delta }) =>
      /text.delta$|content_block_delta/.test(type) ? (delta.text ?? delta) : '',
    )
    return { events, text: text.join('') }
  }
  const isEnd = ({ type }: Event): boolean =>
    ['message_stop', 'message_delta', 'response.completed', 'response.incomplete'].includes(String(type))

  test.each(slugs(broken).map((slug, index) => [Object.keys(broken)[index], slug]))(
    '%s ends in an error',
    async (_, slug) => {
      const { events, text } = await read(`broken/${slug}`)
      expect(text).not.toBe('')
      expect(events.some(isEnd)).toBe(false)
      const kinds = events.map(({ type }) => type)
      expect(kinds.filter((type) => type === 'error')).toHaveLength(1)
      expect(kinds.at(-1)).toBe(name === 'messages' ? 'error' : 'response.failed')
      const last = Object(events.at(-1))
      expect(Object(name === 'messages' ? last.error : last.response.error).message).toEqual(expect.any(String))
    },
  )

  test.each(slugs(mended).map((slug, index) => [Object.keys(mended)[index], slug]))('%s is whole', async (_, slug) => {
    const { events, text } = await read(`mended/${slug}`)
    expect(text).toBe(simulatedText(60))
    expect(events.at(-1)?.['type']).toBe(name === 'messages' ? 'message_stop' : 'response.completed')
    expect(events.some(({ type }) => type === 'error')).toBe(false)
  })

  test('continued by another endpoint, no word is lost or said twice', async () => {
    const response = await gateway.post(
      path,
      { model: 'broken/0', stream: true, provider: { order: ['prov-a', 'prov-b'] }, max_tokens: 500, ...ask },
      { 'x-waygate-stream-rescue': 'continue' },
    )
    const body = await response.text()
    expect(body).toContain(name === 'messages' ? 'event: message_stop' : 'event: response.completed')
    const deltas = body
      .split('\n')
      .flatMap((line) => (line.startsWith('data: {') ? [Object(JSON.parse(line.slice(6)))] : []))
    const text = deltas.map(({ type, delta }) =>
      /text.delta$|content_block_delta/.test(type) ? (delta.text ?? delta) : '',
    )
    expect(text.join('')).toBe(simulatedText(60))
  })
})
