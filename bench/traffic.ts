/**
 * The requests of the load generator and the replies of the upstream. Both use this file, so that every character of a reply can be
 * checked.
 */
export type Traffic =
  | 'json'
  | 'stream'
  | 'translated'
  | 'messages'
  | 'responses'
  | 'messages-translated'
  | 'paced'
  | 'idle'
  | 'image'
  | 'conversation'
  | 'tools'
  | 'embeddings'
  | 'health'

export const model = 'bench/model'
/** A model whose provider speaks Messages, and one whose provider speaks Responses. */
export const messagesModel = 'bench/translated'
export const responsesModel = 'bench/responses'
export const embeddingsModel = 'bench/embeddings'
export const chunkCount = 100

/** A batch of embeddings: so many texts, and vectors of so many numbers. */
export const batchSize = 100
export const dimensions = 1_536

/** The milliseconds between two chunks of a paced stream: 200 tokens per second, as a fast real model. */
export const paceMs = 5

const marker = 'Mode of this request: '

const words = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'juliett']
const word = (index: number) => words[index % words.length] ?? ''

/** The text of a JSON reply: about 450 characters, so that the whole reply has about 0.9 kB. */
export const replyText = Array.from({ length: 76 }, (_, index) => word(index)).join(' ')

/** The pieces of a streamed reply, one for each chunk. */
export const replyPieces = Array.from({ length: chunkCount }, (_, index) => ` ${word(index)}`)

/** Returns the body of a request: 1.6 kB for 12 messages, 200 kB for a long conversation, 2 MB with an image, empty for a health request. */
export function requestBody(traffic: Traffic): Buffer {
  if (traffic === 'health') return Buffer.alloc(0)
  return Buffer.from(JSON.stringify({ ...parameters(traffic), ...input(traffic) }))
}

/** Returns the path of the API that a request is sent to, below the base URL. */
export function surfaceOf(traffic: Traffic): string {
  if (traffic === 'messages' || traffic === 'messages-translated') return '/messages'
  if (traffic === 'embeddings') return '/embeddings'
  return traffic === 'responses' ? '/responses' : '/chat/completions'
}

/**
 * Returns the kind of reply that a request asks for. It searches the raw bytes, because parsing would take much of the CPU that the subject
 * shares with the upstream.
 */
export function trafficOf(body: Buffer): string {
  const start = body.indexOf(marker) + marker.length
  return body.toString('latin1', start, body.indexOf('.', start))
}

const toolResult = Buffer.from('"role":"tool"')

/** Counts the results of tools in a request. */
export function toolResultsIn(body: Buffer): number {
  let count = 0
  for (let at = body.indexOf(toolResult); at !== -1; at = body.indexOf(toolResult, at + 1)) count++
  return count
}

/** Returns a conversation of `count` messages, as a request contains it. */
export function conversation(count: number, wordsEach = 13): object[] {
  return Array.from({ length: count }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `Message ${index}: ${Array.from({ length: wordsEach }, (_, offset) => word(index + offset)).join(' ')}`,
  }))
}

function parameters(traffic: Traffic): object {
  if (traffic === 'embeddings') return { model: embeddingsModel, encoding_format: 'float' }
  const requestedModel =
    traffic === 'translated' || traffic === 'messages'
      ? messagesModel
      : traffic === 'responses'
        ? responsesModel
        : model
  if (traffic === 'responses') return { model: requestedModel, temperature: 0.7, max_output_tokens: 512, stream: true }
  const common = { model: requestedModel, temperature: 0.7, max_tokens: 512 }
  if (traffic === 'tools') return { ...common, tools: [{ type: 'openrouter:datetime' }] }
  const streams = traffic !== 'json' && traffic !== 'image' && traffic !== 'conversation'
  return streams ? { ...common, stream: true, stream_options: { include_usage: true } } : common
}

/** Returns the conversation, in the words of the surface. */
function input(traffic: Traffic): object {
  const surface = surfaceOf(traffic)
  if (surface === '/messages') return { system: instructions(traffic), messages: conversation(11) }
  if (surface === '/embeddings') return { input: batch(traffic) }
  if (surface === '/responses') return { instructions: instructions(traffic), input: conversation(11) }
  return { messages: messages(traffic) }
}

/** Returns texts of about 200 characters. The first one holds the kind of the request. */
const batch = (traffic: Traffic): readonly string[] =>
  Array.from({ length: batchSize }, (_, text) =>
    [`${marker}${traffic}.`, ...Array.from({ length: 30 }, (_, index) => word(text + index))]
      .slice(text === 0 ? 0 : 1)
      .join(' '),
  )

const instructions = (traffic: Traffic): string => `${marker}${traffic}. You answer briefly and to the point.`

function messages(traffic: Traffic): object[] {
  const system = { role: 'system', content: instructions(traffic) }
  if (traffic === 'conversation') return [system, ...conversation(201, 160)]
  if (traffic !== 'image') return [system, ...conversation(11)]
  const image = {
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${pngOfSize(1_500_000).toString('base64')}` },
  }
  return [system, { role: 'user', content: [{ type: 'text', text: 'What does it show?' }, image] }]
}

/** Returns a PNG signature and bytes that do not repeat: `size` bytes, which are 4/3 as many in base64. */
function pngOfSize(size: number): Buffer {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const noise = Buffer.alloc(size - signature.length)
  let state = 1
  for (let index = 0; index < noise.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    noise[index] = state >>> 24
  }
  return Buffer.concat([signature, noise])
}
