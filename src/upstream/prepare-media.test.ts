import type { ServerResponse } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ContentPart } from '../canonical/content-part.ts'
import { modalitiesOf } from '../canonical/modalities.ts'
import { GatewayError } from '../canonical/errors.ts'
import type { ChatRequest } from '../canonical/generation-request.ts'
import type { Message } from '../canonical/message.ts'
import type { UpstreamProtocol } from '../protocols/protocol.ts'
import { systemClock } from '../util/clock.ts'
import type { PrepareMedia } from './open-call.ts'
import { readAllowList } from './allow-list.ts'
import { createGuardedDialer } from './guarded-dialer.ts'
import { createGuardedFetch } from './guarded-fetch.ts'
import { createPrepareMedia } from './prepare-media.ts'
import { plainProtocol } from './testing/plain-protocol.ts'
import { scriptUpstream } from './testing/scripted-upstream.ts'
import { FinalError } from './upstream-failure.ts'

const png = Buffer.from('\x89PNG\r\n\x1a\n and what follows', 'latin1')
const mp4 = Buffer.from('\0\0\0\x20ftypisom and what follows', 'latin1')
const dataUrl = (mediaType: string, bytes: Buffer) => `data:${mediaType};base64,${bytes.toString('base64')}`

const taking = (takesUrl: UpstreamProtocol['takesUrl']) => ({ protocol: { ...plainProtocol, takesUrl }, quirks: {} })
const takesNone = taking(() => false)
const signal = new AbortController().signal

const prepareMedia = (maxBytes = 1_000_000, allow = ['127.0.0.1']): PrepareMedia =>
  createPrepareMedia({
    fetch: createGuardedFetch(createGuardedDialer({ allowed: readAllowList(allow), connectMs: 1_000 })),
    allowed: readAllowList(allow),
    maxBytes,
    clock: systemClock,
  })

function asking(...messages: readonly Message[]): ChatRequest {
  const modalities = modalitiesOf(messages)
  return {
    operation: 'chat',
    input: { type: 'messages', messages, modalities },
    models: ['acme/m1'],
    stream: true,
    parameters: {},
    routing: {},
    context: { routerMetadata: false, echoUpstreamBody: false },
    source: { protocol: 'plain', body: {}, messages, parameters: {}, bytes: null },
  }
}

const user = (...content: readonly ContentPart[]): Message => ({ role: 'user', content })
const image = (url: string): ContentPart => ({ type: 'image', url })

async function failure(prepared: ReturnType<PrepareMedia>): Promise<GatewayError> {
  try {
    await prepared
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('It did not fail.')
}

describe('a request with nothing to fetch is not touched', () => {
  const data = image(dataUrl('image/png', png))
  const remote = image('http://127.0.0.1:9/a.png')
  test.each([
    ['no media', takesNone, asking(user({ type: 'text', text: 'http://127.0.0.1/' }))],
    ['data URLs', takesNone, asking(user(data), { role: 'tool', toolCallId: 'c', content: [data] })],
    ['sound', takesNone, asking(user({ type: 'audio', data: 'aGk=', format: 'wav' }))],
    ['an uploaded file', takesNone, asking(user({ type: 'file', fileId: 'http://127.0.0.1:9/' }))],
    ['another scheme', takesNone, asking(user({ type: 'video', url: 'gs://bucket/a.mp4' }))],
    ['addresses that the upstream takes', taking(() => true), asking(user(remote))],
    ['a language that takes all', taking(undefined), asking(user(remote))],
  ])('%s', (_, language, request) => {
    expect(prepareMedia()(request, language, signal)).toBe(request)
  })
})

describe('what the upstream does not take', () => {
  test('stands in the request as data URLs, wherever it stood, and the rest is as it was', async () => {
    const server = await scriptUpstream(({ url }, response) => {
      const type = url?.startsWith('/doc') === true ? 'text/csv; charset=utf-8' : 'application/octet-stream'
      const body = url === '/v' ? mp4 : url?.startsWith('/doc') === true ? 'a,b' : png
      response.writeHead(200, { 'content-type': type }).end(body)
    })
    const text: ContentPart = { type: 'text', text: 'look' }
    const taken = image('https://taken.example/')
    const system: Message = { role: 'system', content: [{ type: 'text', text: 's' }] }
    const untouched = user(taken, text)
    const request = asking(
      system,
      untouched,
      user(text, { type: 'image', url: `${server.url}/i`, detail: 'low', cacheControl: { type: 'ephemeral' } }, taken),
      { role: 'assistant', content: [image(`HTTP${server.url.slice(4)}/j`)], toolCalls: [], reasoning: 'r' },
      {
        role: 'tool',
        toolCallId: 'c',
        content: [
          { type: 'file', data: `${server.url}/docs/a.csv?x=1` },
          { type: 'file', data: `${server.url}/doc`, filename: 'mine.csv' },
          { type: 'video', url: `${server.url}/v` },
        ],
      },
    )
    const before = structuredClone(request)
    const language = taking((part) => part === taken)
    const prepared = await prepareMedia()(request, language, signal)
    const pngUrl = dataUrl('image/png', png)
    const csv = dataUrl('text/csv', Buffer.from('a,b'))
    expect(prepared.input.messages).toEqual([
      system,
      untouched,
      user(text, { type: 'image', url: pngUrl, detail: 'low', cacheControl: { type: 'ephemeral' } }, taken),
      { role: 'assistant', content: [image(pngUrl)], toolCalls: [], reasoning: 'r' },
      {
        role: 'tool',
        toolCallId: 'c',
        content: [
          { type: 'file', data: csv, filename: 'a.csv' },
          { type: 'file', data: csv, filename: 'mine.csv' },
          { type: 'video', url: dataUrl('video/mp4', mp4) },
        ],
      },
    ])
    // An unchanged message is passed on as it is (principle 2).
    expect(prepared.input.messages[1]).toBe(untouched)
    expect(request).toEqual(before)
  })

  test.each([
    ['\x89PNG\r\n\x1a\n', 'text/html', 'image/png'],
    ['\xff\xd8\xff\xe0', 'image/jpg', 'image/jpeg'],
    ['GIF89a', undefined, 'image/gif'],
    ['GIF87a', 'binary/octet-stream', 'image/gif'],
    ['RIFF....WEBPVP8 ', 'image/png', 'image/webp'],
    ['....ftypavif', undefined, 'image/avif'],
    ['unknown', 'Image/X-Other; a=b', 'image/x-other'],
  ])('is an image by its bytes or else by its type: %j as %s is %s', async (bytes, type, mediaType) => {
    const server = await scriptUpstream((_, response) => {
      if (type !== undefined) response.setHeader('content-type', type)
      response.end(Buffer.from(bytes, 'latin1'))
    })
    const prepared = await prepareMedia()(asking(user(image(server.url))), takesNone, signal)
    expect(prepared.input.messages[0]?.content[0]).toEqual(image(dataUrl(mediaType, Buffer.from(bytes, 'latin1'))))
  })

  test('is downloaded a few at a time', async () => {
    let running = 0
    let most = 0
    const server = await scriptUpstream((_, response) => {
      most = Math.max(most, ++running)
      setTimeout(() => {
        running--
        response.end(png)
      }, 30)
    })
    const parts = Array.from({ length: 20 }, (_, index) => image(`${server.url}/${index}`))
    const prepared = await prepareMedia()(asking(user(...parts)), takesNone, signal)
    expect(prepared.input.messages[0]?.content).toEqual(parts.map(() => image(dataUrl('image/png', png))))
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(6)
    expect(server.requests).toHaveLength(20)
  })

  test('is downloaded once for all attempts, also when they run side by side', async () => {
    const server = await scriptUpstream((_, response) => response.end(png))
    const request = asking(user(image(`${server.url}/a`), image(`${server.url}/b`)))
    const prepare = prepareMedia()
    const [first, second] = await Promise.all([
      prepare(request, takesNone, signal),
      prepare({ ...request, stream: false }, takesNone, signal),
    ])
    const third = await prepare(request, takesNone, signal)
    expect(second.input.messages).toEqual(first.input.messages)
    expect(third.input.messages).toEqual(first.input.messages)
    expect(server.requests).toHaveLength(2)
  })

  test('is asked for again after an attempt that was given up', async () => {
    const gone = new AbortController()
    const server = await scriptUpstream((_, response) => {
      if (server.requests.length === 1) gone.abort(new Error('given up'))
      else response.end(png)
    })
    const request = asking(user(image(server.url)))
    const prepare = prepareMedia()
    const first = prepare(request, takesNone, gone.signal)
    const second = prepare(request, takesNone, signal)
    await expect(first).rejects.toThrow('given up')
    expect((await second).input.messages[0]?.content[0]).toEqual(image(dataUrl('image/png', png)))
    await server.closed(0)
    expect(server.requests).toHaveLength(2)
  })
})

describe('what cannot be downloaded', () => {
  test.each([
    ['/missing', 'image', 'image_not_found', 404, 'the address of the image leads to nothing (status 404)'],
    ['/missing', 'file', 'invalid_request', 400, 'the address of the file leads to nothing (status 404)'],
    ['/broken', 'image', 'image_download_failed', 400, 'the address of the image was answered with status 500'],
    ['/broken', 'video', 'invalid_request', 400, 'the address of the video was answered with status 500'],
    [
      '/page',
      'image',
      'unsupported_image_format',
      400,
      'the address of the image leads to text/html, which is not an image',
    ],
    ['/page', 'video', 'invalid_request', 400, 'the address of the video leads to text/html, which is not a video'],
    ['/large', 'image', 'image_too_large', 400, 'the address of the image leads to more bytes than a request may hold'],
    ['/large', 'file', 'invalid_request', 400, 'the address of the file leads to more bytes than a request may hold'],
  ] as const)('%s as %s is %s', async (path, type, kind, status, message) => {
    const server = await scriptUpstream(({ url }, response) => {
      if (url?.startsWith('/missing') === true) response.writeHead(404).end()
      else if (url?.startsWith('/broken') === true) response.writeHead(500).end()
      else if (url?.startsWith('/page') === true) response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')
      else response.end(Buffer.alloc(20_000))
    })
    const url = `${server.url}${path}?signature=secret`
    const request = asking(
      user({ type: 'text', text: 'a' }),
      user({ type: 'text', text: 'b' }, type === 'file' ? { type, data: url } : { type, url }),
    )
    const prepare = prepareMedia(10_000)
    for (const attempt of [1, 2]) {
      const error = await failure(prepare(request, takesNone, signal))
      expect(error, `attempt ${attempt}`).toMatchObject({
        kind,
        status,
        message: `messages[1].content[1]: ${message}.`,
      })
      expect(error.details.issues).toEqual([{ path: 'messages[1].content[1]', message }])
      // Another endpoint may fetch it for itself.
      expect(error).not.toBeInstanceOf(FinalError)
    }
    expect(server.requests).toHaveLength(1)
  })

  test('together is too large, though each would fit', async () => {
    const server = await scriptUpstream((_, response) => response.end(png))
    const three = asking(user(...'abc'.split('').map((name) => image(`${server.url}/${name}`))))
    await prepareMedia(3 * png.length)(three, takesNone, signal)
    const again = asking(user(...'abc'.split('').map((name) => image(`${server.url}/${name}`))))
    expect((await failure(prepareMedia(3 * png.length - 1)(again, takesNone, signal))).kind).toBe('image_too_large')
  })

  test('because it is private ends the request, in the same words whatever is there', async () => {
    const server = await scriptUpstream((_, response) => response.end(png))
    for (const url of [server.url, 'http://127.0.0.1:9/', 'http://169.254.169.254/', 'http://no-such-name.invalid/']) {
      const error = await failure(prepareMedia(1_000, [])(asking(user(image(url))), takesNone, signal))
      expect(error).toBeInstanceOf(FinalError)
      expect(error).toMatchObject({
        kind: 'invalid_request',
        message:
          'messages[0].content[0]: the address of the image leads to a host that is unknown or not on the public internet.',
      })
    }
    expect(server.sockets).toHaveLength(0)
  })

  test('stops the other downloads', async () => {
    // The time limit of a download is disabled: only the failure of the other can end the slow one.
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(new AbortController().signal)
    onTestFinished(() => void vi.restoreAllMocks())
    const asked = new Map<string | undefined, ServerResponse>()
    const server = await scriptUpstream(({ url }, response) => {
      asked.set(url, response)
      if (asked.size === 2) asked.get('/missing')?.writeHead(404).end()
    })
    const request = asking(user(image(`${server.url}/slow`), image(`${server.url}/missing`)))
    expect((await failure(prepareMedia()(request, takesNone, signal))).kind).toBe('image_not_found')
    await Promise.all(server.sockets.map((_, index) => server.closed(index)))
    expect(server.sockets).toHaveLength(2)
  })

  test('because there are too many asks for none of them', async () => {
    const server = await scriptUpstream((_, response) => response.end(png))
    const parts = Array.from({ length: 101 }, () => image(server.url))
    expect(() => prepareMedia()(asking(user(...parts)), takesNone, signal)).toThrow(
      'messages[0].content[100]: the address of the image is one of more than 100 addresses; send data URLs instead.',
    )
    expect(server.requests).toHaveLength(0)
  })
})
