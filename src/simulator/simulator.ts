import type { IncomingMessage, ServerResponse } from 'node:http'
import { messageOf } from '../util/message-of.ts'
import { createServer } from '../util/node-http.ts'
import { behaviourChoice } from './behaviour-choice.ts'
import { control } from './control.ts'
import { createJournal, type JournalEntry } from './journal.ts'
import { chatCompletions } from './protocols/chat-completions/chat-completions.ts'
import { cohereChat } from './protocols/cohere-chat/cohere-chat.ts'
import { completions } from './protocols/completions/completions.ts'
import { converse } from './protocols/converse/converse.ts'
import { bedrockInvoke } from './protocols/embeddings/bedrock-invoke.ts'
import { cohereEmbed } from './protocols/embeddings/cohere-embed.ts'
import { batchEmbedContents, vertexEmbedContent, vertexPredict } from './protocols/embeddings/google-embeddings.ts'
import { openaiEmbeddings } from './protocols/embeddings/openai-embeddings.ts'
import { voyageMultimodal } from './protocols/embeddings/voyage-multimodal.ts'
import { generateContent } from './protocols/generate-content/generate-content.ts'
import { elevenLabsSpeech } from './protocols/speech/elevenlabs-speech.ts'
import { openAiSpeech } from './protocols/speech/openai-speech.ts'
import { fireworksImages } from './protocols/images/fireworks-images.ts'
import { imagen } from './protocols/images/imagen.ts'
import { openAiImages } from './protocols/images/openai-images.ts'
import { messages } from './protocols/messages/messages.ts'
import type { Protocol } from './protocols/protocol.ts'
import { rerank } from './protocols/rerank/rerank.ts'
import { responses } from './protocols/responses/responses.ts'
import { elevenLabsTranscription } from './protocols/transcription/elevenlabs-transcription.ts'
import { mistralTranscription } from './protocols/transcription/mistral-transcription.ts'
import { openAiTranscription } from './protocols/transcription/openai-transcription.ts'
import { parseForm } from './parse-form.ts'
import { readBody } from './read-body.ts'
import { createReplyWriter } from './reply-writer.ts'
import { reply } from './reply.ts'
import { isFromWebPage } from './web-page.ts'

/** A provider that runs on this machine. */
export interface Simulator {
  /** `http://127.0.0.1:<port>`. A base URL is this, with or without `/v1` or any other prefix. */
  readonly url: string
  readonly port: number
  readonly journal: () => readonly JournalEntry[]
  /**
   * Overrides the behaviour that model ids name, until it is null: of one model, or of all without `model`. Throws for a name that is not a
   * behaviour.
   */
  setBehaviour(behaviour: string | null, model?: string): void
  /** Empties the journal, and makes `first-<n>-…` count from zero again. */
  clearJournal(): void
  /** Closes the simulator and resets the connections that are still open. */
  close(): Promise<void>
}

export interface SimulatorOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string
  /** Default: 0, any free port. */
  readonly port?: number
  /** Keeps no journal, for benchmarks. */
  readonly quiet?: boolean
  /** For use by a single program: the simulator has no control routes, and refuses requests from web pages. */
  readonly embedded?: boolean
}

// `/chat/completions` ends in `/completions`, and Mistral's transcription in OpenAI's, so the longer path comes first.
const protocols: readonly Protocol[] = [
  chatCompletions,
  completions,
  responses,
  messages,
  cohereChat,
  converse,
  generateContent,
  openaiEmbeddings,
  cohereEmbed,
  batchEmbedContents,
  imagen,
  vertexEmbedContent,
  vertexPredict,
  bedrockInvoke,
  voyageMultimodal,
  rerank,
  openAiImages,
  fireworksImages,
  openAiSpeech,
  elevenLabsSpeech,
  mistralTranscription,
  openAiTranscription,
  elevenLabsTranscription,
]
const offeredModels = ['steady', 'tokens-60', 'tokens-60+pace-50', 'tool-call', 'reasoning']

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, quiet = false, embedded = false } = options
  const journal = createJournal(quiet)
  const behaviours = behaviourChoice()
  let isStopping = false

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request
    const path = url.split('?', 1)[0] ?? url
    const isControl = !embedded && (path === '/_journal' || path === '/_behaviour')
    if ((embedded || isControl) && isFromWebPage(request.headers)) return sendJson(response, 403, notForPages)
    if (isControl) {
      const found = control(method, path, parse(text(await readBody(request))), behaviours, journal)
      return sendJson(response, found?.status ?? 405, found?.body ?? unknownPath(method, path))
    }
    const entry = journal.add(method, url, request.headers)
    const writer = createReplyWriter(response, entry, () => isStopping)
    const bytes = await readBody(request)
    if (bytes === null) return
    const form = await parseForm(bytes, request.headers['content-type'])
    const sent = form === undefined ? text(bytes) : JSON.stringify(form)
    const body = form ?? parse(sent)
    journal.setBody(entry, sent, body)
    const protocol = method === 'POST' ? protocols.find((protocol) => protocol.serves(path)) : undefined
    if (protocol !== undefined) return reply(protocol, body, url, behaviours, entry, writer)
    const isList = method === 'GET' && path.endsWith('/models')
    const listed = isList ? modelList() : unknownPath(method, path)
    writer.whole(isList ? 200 : 404, { 'content-type': 'application/json' }, JSON.stringify(listed))
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // An error of the simulator itself must not look like a chosen behaviour.
      const message = messageOf(error)
      if (response.headersSent) response.destroy()
      else sendJson(response, 500, { error: { message: `The simulator itself failed: ${message}` } })
    })
  })
  // Connection pools of clients keep connections for a long time. A connection must not close at the moment when it is used again.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const boundPort = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host}:${boundPort}`,
    port: boundPort,
    journal: journal.entries,
    setBehaviour: (behaviour, model) => behaviours.override(model ?? null, behaviour),
    clearJournal() {
      journal.clear()
      behaviours.resetCounts()
    },
    close: () =>
      new Promise((resolve) => {
        isStopping = true
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const text = (bytes: Buffer | null): string => bytes?.toString() ?? ''

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const notForPages = {
  error: {
    message:
      'Web pages have no access here. Send no Origin header, and name the simulator by its address or by a name without a dot.',
  },
}

const unknownPath = (method: string, path: string): object => ({
  error: { message: `The simulator has no ${method} ${path}.`, type: 'invalid_request_error', param: null, code: null },
})

const modelList = (): object => ({
  object: 'list',
  data: offeredModels.map((id) => ({ id, object: 'model', created: 0, owned_by: 'simulator' })),
})
