import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { CallBatch, CallEvent, CallStream } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { CallWatch, Candidate, Patience } from '../../health/candidate.ts'
import type { SpokenLanguage, UpstreamProtocol } from '../../protocols/protocol.ts'
import { completionsUpstream } from '../../protocols/completions/upstream.ts'
import { systemClock } from '../../util/clock.ts'
import { createCallEndpoint } from '../call-endpoint.ts'
import type { CallTimeouts } from '../call-deadline.ts'
import { bearer } from '../sign/api-key.ts'
import { createDispatcher } from '../dispatcher.ts'
import type { Credential, UpstreamProvider } from '../upstream-provider.ts'
import { plainProtocol } from './plain-protocol.ts'

interface ScriptedUpstream {
  readonly url: string
  readonly requests: readonly IncomingMessage[]
  /** All connections it has ever accepted. */
  readonly sockets: readonly Socket[]
  /** Resolves with the moment (`performance.now()`) at which a connection is closed, by the other side or this one. */
  closed(connection: number): Promise<number>
}

/** Starts an HTTP server on a free port, and ends it when the test is over. */
export async function scriptUpstream(respond: RequestListener): Promise<ScriptedUpstream> {
  const requests: IncomingMessage[] = []
  const sockets: Socket[] = []
  const closings: Promise<number>[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    // The body is read first: a server that closes with unread bytes resets the connection.
    request.resume().on('end', () => respond(request, response))
  })
  server.on('connection', (socket) => {
    sockets.push(socket)
    closings.push(new Promise((resolve) => socket.on('close', () => resolve(performance.now())).on('error', () => {})))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const url = `http://127.0.0.1:${address.port}`
  return {
    url,
    requests,
    sockets,
    closed: (connection) => closings[connection] ?? Promise.reject(new Error('no such')),
  }
}

/** Begins an event stream and sends these frames. */
export function stream(response: ServerResponse, ...frames: readonly string[]): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  if (frames.length > 0) response.write(frames.map((frame) => `data: ${frame}\n\n`).join(''))
}

interface CallScript {
  readonly baseUrl: string
  readonly timeouts?: Partial<CallTimeouts> & { readonly firstTokenMs?: number }
  readonly limits?: { readonly frameBytes?: number; readonly replyBytes?: number }
  readonly provider?: Partial<Pick<UpstreamProvider, 'credentials' | 'headers' | 'sign' | 'variables'>>
  /** Replaces the language that `protocol` represents. */
  readonly spoken?: SpokenLanguage
  /** Replaces the plain language. */
  readonly protocol?: UpstreamProtocol
  readonly watch?: CallWatch
}

type Call = (overrides?: {
  readonly stream?: boolean
  readonly echo?: boolean
  readonly maxTokens?: number
  readonly signal?: AbortSignal
  readonly patience?: Patience
}) => AsyncGenerator<CallBatch>

/** Makes a caller of one endpoint at `baseUrl`, with its own connections. */
export function callerOf({
  baseUrl,
  timeouts,
  limits,
  provider,
  spoken = { protocol: 'converse', quirks: {} },
  protocol = plainProtocol,
  watch = { begin: () => ({ answered() {}, ended() {}, abandoned() {} }) },
}: CallScript): Call {
  const dispatcher = createDispatcher({ connectMs: timeouts?.connectMs ?? 5_000 })
  onTestFinished(() => dispatcher.destroy())
  const callEndpoint = createCallEndpoint({
    dispatcher,
    providers: ({ credential }) =>
      credential.provider === 'prov-a' ? { ...providerAt(baseUrl), ...provider, ...spoken } : undefined,
    chatProtocols: { converse: protocol },
    completionsProtocol: completionsUpstream,
    prepareMedia: (request) => request,
    checkMedia: () => {},
    watch,
    timeouts: { connectMs: 5_000, idleMs: 5_000, totalMs: 30_000, ...timeouts },
    limits: { frameBytes: 1_000_000, replyBytes: 1_000_000, ...limits },
    clock: systemClock,
  })
  return async function* call({
    stream = true,
    echo = false,
    maxTokens,
    signal = new AbortController().signal,
    patience = {
      answerMs: stream ? (timeouts?.firstTokenMs ?? 5_000) : Infinity,
      overdueMs: Infinity,
      commentsCount: true,
    },
  } = {}) {
    yield* callEndpoint(candidate, generationRequest(stream, echo, maxTokens), signal, patience)
  }
}

function providerAt(baseUrl: string): UpstreamProvider {
  return {
    slug: 'prov-a',
    name: 'Prov A',
    protocol: 'converse',
    baseUrl,
    credentials: [credentialOf('sk-canary')],
    quirks: {},
    dialects: [],
    sign: bearer,
    variables: {},
    headers: {},
  }
}

const endpoint: Endpoint = {
  id: 'acme/m1@prov-a',
  model: 'acme/m1',
  provider: 'prov-a',
  providerName: 'Prov A',
  tag: 'prov-a',
  tier: 'default',
  upstreamModel: 'm1',
  pricing: { prompt: 0, completion: 0 },
  contextLength: null,
  maxCompletionTokens: null,
  quantization: null,
  dataPolicy: { training: false, retention: 'none' },
  distillable: false,
  supportedParameters: null,
  operations: ['chat'],
  inputModalities: ['text'],
  outputModalities: ['text'],
  nativeTools: [],
  prefill: false,
  deprecated: false,
  reasoning: null,
  template: {},
}

const credential = { provider: 'prov-a', id: 'one', owner: 'gateway' }
const candidate: Candidate = { endpoint, credential }

/** Makes the only credential of all calls. */
export const credentialOf = (apiKey?: string): Credential => ({ reference: credential, apiKey })

function generationRequest(stream: boolean, echoUpstreamBody: boolean, maxTokens?: number): GenerationRequest {
  return {
    operation: 'chat',
    input: { type: 'messages', messages: [], modalities: new Set() },
    models: ['acme/m1'],
    stream,
    parameters: { maxTokens },
    routing: {},
    context: { routerMetadata: false, echoUpstreamBody },
    source: { protocol: 'plain', body: {}, messages: [], parameters: {}, bytes: null },
  }
}

/** Returns all batches of a call. */
export async function batchesOf(call: CallStream): Promise<readonly CallBatch[]> {
  const batches: CallBatch[] = []
  for await (const batch of call) batches.push(batch)
  return batches
}

/** Returns all events of a call. */
export async function eventsOf(call: CallStream): Promise<readonly CallEvent[]> {
  return (await batchesOf(call)).flat()
}

/** Reads a call that fails. Returns its last event, the text that came before it, and after how many milliseconds it ended. */
export async function failureOf(batches: CallStream): Promise<{
  readonly text: string
  readonly kind: string
  readonly message: string
  readonly scope: string
  readonly afterMs: number
}> {
  const start = performance.now()
  const events = await eventsOf(batches)
  const last = events.at(-1)
  if (last?.type !== 'error') throw new Error(`The call ended with ${last?.type}.`)
  const endings = events.filter((event) => event.type === 'error' || event.type === 'call-end').length
  if (endings !== 1) throw new Error(`The call ended ${endings} times.`)
  return {
    text: events.map((event) => (event.type === 'text-delta' ? event.text : '')).join(''),
    kind: last.error.kind,
    message: last.error.message,
    scope: last.retry.scope,
    afterMs: performance.now() - start,
  }
}
