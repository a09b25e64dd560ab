import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { FetchFailure } from './fetch-failure.ts'
import { readAllowList } from './allow-list.ts'
import { createGuardedDialer } from './guarded-dialer.ts'
import { createGuardedFetch } from './guarded-fetch.ts'

interface Listener {
  readonly port: number
  readonly requests: readonly IncomingMessage[]
  readonly sockets: readonly Socket[]
}

const hello: RequestListener = (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('hello')

async function listen(respond: RequestListener = hello, host = '127.0.0.1', port = 0): Promise<Listener> {
  const requests: IncomingMessage[] = []
  const sockets: Socket[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    respond(request, response)
  }).on('connection', (socket) => sockets.push(socket))
  // The server never closes an idle connection; only the client does.
  server.keepAliveTimeout = 0
  server.listen(port, host)
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return { port: address.port, requests, sockets }
}

interface Script {
  readonly allow?: readonly string[]
  /** What each name resolves to, the first time, the second time, and so on. */
  readonly names?: Readonly<Record<string, readonly (readonly string[])[]>>
  readonly maxBytes?: number
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

function fetcher({ allow = [], names = {}, maxBytes = 1_000_000, timeoutMs = 5_000, signal }: Script = {}) {
  const asked: string[] = []
  const resolve = async (name: string): Promise<readonly string[]> => {
    const answers = names[name] ?? []
    const answer = answers[asked.filter((before) => before === name).length] ?? answers.at(-1) ?? []
    asked.push(name)
    return answer
  }
  const fetch = createGuardedFetch(
    createGuardedDialer({
      allowed: readAllowList(allow),
      connectMs: 2_000,
      resolve: { listed: resolve, other: resolve },
    }),
  )
  const limits = () => ({ budget: { left: maxBytes }, timeoutMs, signal: signal ?? new AbortController().signal })
  return {
    asked,
    text: async (url: string) => (await fetch(url, limits())).bytes.toString(),
    fails: (url: string): Promise<Pick<FetchFailure, 'reason' | 'message'>> =>
      fetch(url, limits()).then(
        ({ bytes }) => expect.fail(`fetched ${bytes.length} bytes`),
        (error) => ({ reason: error.reason, message: error.message }),
      ),
  }
}

const loopback = ['127.0.0.0/8']
const elsewhere = { reason: 'refused', message: 'leads to a host that is unknown or not on the public internet' }

describe('where it is private', () => {
  test.each([
    'http://127.0.0.1:{port}/',
    'http://localhost:{port}/',
    'http://LOCALHOST.:{port}/',
    'http://127.1:{port}/',
    'http://0177.0.0.1:{port}/',
    'http://0x7f.1:{port}/',
    'http://0x7f000001:{port}/',
    'http://2130706433:{port}/',
    'http://017700000001:{port}/',
    'http://127.0.0.1.:{port}/',
    'http://127.0.0.1..:{port}/',
    'http://0x7f.1..:{port}/',
    'http://%31%32%37.0.0.1:{port}/',
    'http://①②⑦.⓪.⓪.①:{port}/',
    'http://127。0。0。1:{port}/',
    'http://0:{port}/',
    'http://0.0.0.0:{port}/',
    'http://[::]:{port}/',
    'http://[::1]:{port}/',
    'http://[::ffff:127.0.0.1]:{port}/',
    'http://[::ffff:7f00:1]:{port}/',
    'http://[::127.0.0.1]:{port}/',
    'http://[64:ff9b::127.0.0.1]:{port}/',
    'http://[2002:7f00:1::]:{port}/',
    'http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{port}/',
    'http://[fe80::1]:{port}/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://metadata.google.internal/computeMetadata/v1/',
    'http://100.100.100.200/',
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.0.1/',
    'http://100.64.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[ff02::1]/',
    'http://[fd12:3456::1]/',
    'http://./',
    'http://evil.example#@127.0.0.1:{port}/',
    'http://evil.example\\@127.0.0.1:{port}/',
    'http://127.0.0.1:{port}#@evil.example/',
    'http://127.0.0.1:{port}\\@evil.example/',
    'http:127.0.0.1:{port}/',
    'http:///127.0.0.1:{port}/',
    ' http://127.0.0.1:{port}/',
    'http://127.0.0.1\t:{port}/',
    'http://half.example:{port}/',
    'http://unknown.example:{port}/',
    'http://mapped.example:{port}/',
  ])('%s is refused without a connection, in the same words', async (url) => {
    const canary = await listen()
    const { fails } = fetcher({
      names: {
        localhost: [['127.0.0.1', '::1']],
        'metadata.google.internal': [['169.254.169.254']],
        'half.example': [['93.184.216.34', '127.0.0.1']],
        'mapped.example': [['::ffff:127.0.0.1']],
      },
    })
    expect(await fails(url.replace('{port}', String(canary.port)))).toEqual(elsewhere)
    expect(canary.sockets).toHaveLength(0)
  })

  test.each(['http://127.0.0.1:{port}/', 'http://a.example:{port}/', 'http://[::]:{port}/', 'file:///etc/passwd'])(
    'a redirect to %s is refused, at every hop',
    async (target) => {
      const canary = await listen()
      const location = target.replace('{port}', String(canary.port))
      const names = { 'a.example': [['127.0.0.1']], 'b.example': [['::1']] }
      for (const status of [301, 302, 303, 307, 308]) {
        const honest = await listen(
          ({ url }, response) => response.writeHead(status, { location: url === '/' ? '/again' : location }).end(),
          '::1',
        )
        const { fails } = fetcher({ names, allow: ['::1'] })
        expect((await fails(`http://b.example:${honest.port}/`)).reason).toBe('refused')
        expect(honest.requests).toHaveLength(2)
      }
      expect(canary.sockets).toHaveLength(0)
    },
  )

  test('a name server that answers differently the second time is not asked again', async () => {
    const honest = await listen(hello, '::1')
    const canary = await listen(hello, '127.0.0.1', honest.port)
    const { text, asked } = fetcher({ names: { 'a.example': [['::1'], ['127.0.0.1']] }, allow: ['::1'] })
    expect(await text(`http://a.example:${honest.port}/`)).toBe('hello')
    expect(asked).toEqual(['a.example'])
    expect(honest.sockets).toHaveLength(1)
    expect(canary.sockets).toHaveLength(0)
  })

  test('a name that turns private between two redirects is refused', async () => {
    const honest = await listen((_, response) => response.writeHead(302, { location: '/next' }).end(), '::1')
    const canary = await listen(hello, '127.0.0.1', honest.port)
    const { fails } = fetcher({ names: { 'a.example': [['::1'], ['127.0.0.1']] }, allow: ['::1'] })
    expect(await fails(`http://a.example:${honest.port}/`)).toEqual(elsewhere)
    expect(canary.sockets).toHaveLength(0)
  })

  test('metadata is refused although its block, its name or its domain is listed', async () => {
    const { fails } = fetcher({
      allow: ['0.0.0.0/0', '::/0', 'metadata.google.internal', '*.internal'],
      names: { 'metadata.google.internal': [['169.254.169.254']], 'a.internal': [['fd00:ec2::254']] },
    })
    for (const host of [
      '169.254.169.254',
      'metadata.google.internal',
      'a.internal',
      '[fd00:ec2::254]',
      '100.100.100.200',
    ]) {
      expect(await fails(`http://${host}/`)).toEqual(elsewhere)
    }
  })

  test.each([
    ['127.0.0.1', 'http://127.0.0.1:{port}/'],
    ['127.0.0.1/32', 'http://2130706433:{port}/'],
    ['127.0.0.0/8', 'http://files.svc.cluster.local:{port}/'],
    ['127.0.0.0/8', 'http://[::ffff:127.0.0.1]:{port}/'],
    ['files.svc.cluster.local', 'http://files.svc.cluster.local:{port}/'],
    ['Files.SVC.cluster.local', 'http://FILES.svc.cluster.local.:{port}/'],
    ['*.svc.cluster.local', 'http://files.svc.cluster.local:{port}/'],
    ['*.cluster.local', 'http://files.svc.cluster.local:{port}/'],
  ])('%s on the allow list lets %s through', async (entry, url) => {
    const server = await listen()
    const { text } = fetcher({ allow: [entry], names: { 'files.svc.cluster.local': [['127.0.0.1']] } })
    expect(await text(url.replace('{port}', String(server.port)))).toBe('hello')
  })

  test.each([
    ['127.0.0.2', 'http://127.0.0.1:{port}/'],
    ['10.0.0.0/8', 'http://127.0.0.1:{port}/'],
    ['svc.cluster.local', 'http://files.svc.cluster.local:{port}/'],
    ['*.files.svc.cluster.local', 'http://files.svc.cluster.local:{port}/'],
    ['*.svc.cluster.local', 'http://evilsvc.cluster.local:{port}/'],
    ['*.svc.cluster.local', 'http://svc.cluster.local.evil.example:{port}/'],
    ['::1', 'http://0.0.0.1:{port}/'],
  ])('%s on the allow list does not let %s through', async (entry, url) => {
    const canary = await listen()
    const here = [['127.0.0.1']]
    const { fails } = fetcher({
      allow: [entry],
      names: {
        'files.svc.cluster.local': here,
        'evilsvc.cluster.local': here,
        'svc.cluster.local.evil.example': here,
      },
    })
    expect(await fails(url.replace('{port}', String(canary.port)))).toEqual(elsewhere)
    expect(canary.sockets).toHaveLength(0)
  })
})

describe('an address that is none', () => {
  test.each([
    ['ftp://127.0.0.1/', 'is not an http:// or https:// address'],
    ['file:///etc/passwd', 'is not an http:// or https:// address'],
    ['data:text/plain,x', 'is not an http:// or https:// address'],
    ['nonsense', 'is not an http:// or https:// address'],
    ['http://[fe80::1%25eth0]/', 'is not an http:// or https:// address'],
    ['http://256.1.1.1/', 'is not an http:// or https:// address'],
    ['http://user@127.0.0.1/', 'holds a user name or password'],
    ['http://:secret@127.0.0.1/', 'holds a user name or password'],
    ['http://evil.example@127.0.0.1/', 'holds a user name or password'],
  ])('%s', async (url, message) => {
    expect(await fetcher({ allow: loopback }).fails(url)).toEqual({ reason: 'refused', message })
  })
})

describe('what is sent', () => {
  test('is a plain GET with the name that was asked for, and nothing else', async () => {
    const server = await listen()
    const { text } = fetcher({ allow: loopback, names: { 'a.example': [['127.0.0.1']] } })
    await text(`http://a.example.:${server.port}/a%20b?c=d#e`)
    expect(server.requests[0]).toMatchObject({ method: 'GET', url: '/a%20b?c=d' })
    expect(server.requests[0]?.headers).toEqual({
      host: `a.example:${server.port}`,
      connection: 'keep-alive',
      'user-agent': 'waygate',
      accept: '*/*',
      'accept-encoding': 'identity',
    })
  })

  test('over TLS, names the host that was asked for', async () => {
    let greeting = Buffer.alloc(0)
    const server = createTcpServer((socket) => socket.once('data', (bytes) => socket.end((greeting = bytes) && '')))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const { fails } = fetcher({ allow: loopback, names: { 'a.example': [['127.0.0.1']] } })
    expect((await fails(`https://a.example:${typeof address === 'object' ? address?.port : ''}/`)).reason).toBe(
      'failed',
    )
    expect(greeting.includes('a.example')).toBe(true)
  })

  test('leaves no connection behind', async () => {
    // The clock stands still, so the connection cannot be closed because it was idle for long.
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'performance', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const server = await listen()
    await fetcher({ allow: loopback }).text(`http://127.0.0.1:${server.port}/`)
    const [socket] = server.sockets
    if (socket?.destroyed === false) await once(socket, 'close')
    expect(server.sockets).toHaveLength(1)
  })
})

describe('what comes back', () => {
  test.each([
    [404, 'missing', 'leads to nothing (status 404)'],
    [410, 'missing', 'leads to nothing (status 410)'],
    [403, 'failed', 'was answered with status 403'],
    [500, 'failed', 'was answered with status 500'],
    [206, 'failed', 'was answered with status 206'],
    [304, 'failed', 'was answered with status 304'],
  ])('with status %i is no use', async (status, reason, message) => {
    const server = await listen((_, response) => response.writeHead(status).end())
    expect(await fetcher({ allow: loopback }).fails(`http://127.0.0.1:${server.port}/`)).toEqual({ reason, message })
  })

  test('may be compressed by nobody', async () => {
    const server = await listen((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'))
    expect(await fetcher({ allow: loopback }).fails(`http://127.0.0.1:${server.port}/`)).toEqual({
      reason: 'failed',
      message: 'was answered with a compressed body',
    })
  })

  test('may not be empty', async () => {
    const server = await listen((_, response) => response.end())
    expect((await fetcher({ allow: loopback }).fails(`http://127.0.0.1:${server.port}/`)).reason).toBe('failed')
  })

  test.each(['announced', 'not announced'])('is taken up to the cap, and not a byte more (%s)', async (how) => {
    const server = await listen(({ url }, response) => {
      const bytes = Buffer.alloc(Number(url?.slice(1)))
      if (how === 'announced') response.setHeader('content-length', bytes.length)
      response.write(bytes.subarray(0, 10))
      response.end(bytes.subarray(10))
    })
    const { text, fails } = fetcher({ allow: loopback, maxBytes: 300_000 })
    expect(await text(`http://127.0.0.1:${server.port}/300000`)).toHaveLength(300_000)
    expect(await fails(`http://127.0.0.1:${server.port}/300001`)).toEqual({
      reason: 'too-large',
      message: 'leads to more bytes than a request may hold',
    })
  })

  test('without end is cut off at the cap', async () => {
    let sent = 0
    const server = await listen((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000))) sent += 10_000
      }
      response.on('drain', more)
      more()
    })
    expect((await fetcher({ allow: loopback }).fails(`http://127.0.0.1:${server.port}/`)).reason).toBe('too-large')
    expect(sent).toBeLessThan(10_000_000)
  })

  test('may follow five redirects, not six', async () => {
    const server = await listen(({ url }, response) => {
      const left = Number(url?.slice(1))
      if (left === 0) response.end('there')
      else response.writeHead(302, { location: `/${left - 1}` }).end('moved')
    })
    const { text, fails } = fetcher({ allow: loopback })
    expect(await text(`http://127.0.0.1:${server.port}/5`)).toBe('there')
    expect(await fails(`http://127.0.0.1:${server.port}/6`)).toEqual({
      reason: 'failed',
      message: 'leads to more than 5 redirects',
    })
  })

  test('may be cut or never come', async () => {
    const server = await listen(({ url, socket }, response) => {
      if (url === '/cut') response.writeHead(200, { 'content-length': 10 }).write('half')
      setTimeout(() => socket.destroy(), 20)
    })
    const { fails } = fetcher({
      allow: [...loopback, 'nowhere.example'],
      names: { 'nowhere.example': [['127.0.0.3']] },
    })
    for (const url of [
      `127.0.0.1:${server.port}/cut`,
      `127.0.0.1:${server.port}/`,
      `nowhere.example:${server.port}/`,
    ]) {
      expect(await fails(`http://${url}`)).toEqual({
        reason: 'failed',
        message: 'could not be fetched from its server',
      })
    }
  })
})

describe('time', () => {
  test.each(['/head', '/body', '/redirects'])('is limited for the whole: %s', async (path) => {
    const server = await listen((request, response) => {
      if (request.url === '/body') {
        const dribble = setInterval(() => response.write('x'), 20)
        response.on('close', () => clearInterval(dribble))
      } else if (request.url?.startsWith('/redirects') === true) {
        setTimeout(() => response.writeHead(302, { location: `${request.url}/` }).end(), 100)
      }
    })
    // A limit of each wait, instead of the whole, would not stop the slow body and the redirects.
    expect(await fetcher({ allow: loopback, timeoutMs: 300 }).fails(`http://127.0.0.1:${server.port}${path}`)).toEqual({
      reason: 'failed',
      message: 'did not arrive in time',
    })
  })

  test('ends when the caller leaves, and so does the connection', async () => {
    const controller = new AbortController()
    const server = await listen(() => setTimeout(() => controller.abort(new Error('left')), 50))
    const { fails } = fetcher({ allow: loopback, signal: controller.signal })
    expect(await fails(`http://127.0.0.1:${server.port}/`)).toEqual({ reason: undefined, message: 'left' })
    const [socket] = server.sockets
    if (socket?.destroyed === false) await once(socket, 'close')
    expect(await fails(`http://127.0.0.1:${server.port}/`)).toEqual({ reason: undefined, message: 'left' })
    expect(server.sockets).toHaveLength(1)
  })
})

describe('names', () => {
  test('that the operator listed are found as the system finds them, others by DNS alone', async () => {
    const server = await listen()
    const guarded = (allow: readonly string[]) =>
      createGuardedFetch(createGuardedDialer({ allowed: readAllowList(allow), connectMs: 2_000 }))
    const limits = () => ({ budget: { left: 1_000 }, timeoutMs: 5_000, signal: new AbortController().signal })
    const { bytes } = await guarded(['localhost'])(`http://localhost:${server.port}/`, limits())
    expect(bytes.toString()).toBe('hello')
    await expect(guarded(['127.0.0.1'])('http://no-such-name.invalid/', limits())).rejects.toMatchObject(elsewhere)
    await expect(guarded([])(`http://localhost:${server.port}/`, limits())).rejects.toMatchObject(elsewhere)
    expect(server.sockets).toHaveLength(1)
  })
})
