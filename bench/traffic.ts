/** What the load generator sends and the upstream answers. Both ends are compiled from here, so that a reply can be checked to the letter. */
export type Traffic = 'json' | 'stream' | 'translated' | 'paced' | 'idle' | 'image' | 'health'

export const model = 'bench/model'
/** Its provider speaks another language than the client. */
export const translatedModel = 'bench/translated'
export const chunkCount = 100

/** Milliseconds between two chunks of a paced stream: 200 tokens a second, a fast real model. */
export const paceMs = 5

const marker = 'Mode of this request: '

const words = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'juliett']
const word = (index: number) => words[index % words.length] ?? ''

/** The text of a JSON reply; about 450 characters, so that the whole reply has about 0.9 kB. */
export const replyText = Array.from({ length: 76 }, (_, index) => word(index)).join(' ')

/** The pieces of a streamed reply, one a chunk. */
export const replyPieces = Array.from({ length: chunkCount }, (_, index) => ` ${word(index)}`)

/** 1.6 kB for a conversation of 12 messages, 2 MB with an image; empty for a health request. */
export function requestBody(traffic: Traffic): Buffer {
  if (traffic === 'health') return Buffer.alloc(0)
  return Buffer.from(JSON.stringify({ ...parameters(traffic), messages: messages(traffic) }))
}

/** Which reply a request asks for. Searched for in the raw bytes: a parse would make the upstream a heavy neighbour of the subject. */
export function trafficOf(body: Buffer): string {
  const start = body.indexOf(marker) + marker.length
  return body.toString('latin1', start, body.indexOf('.', start))
}

/** A conversation of `count` messages, as a request carries it. */
export function conversation(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `Message ${index}: ${Array.from({ length: 13 }, (_, offset) => word(index + offset)).join(' ')}`,
  }))
}

function parameters(traffic: Traffic): object {
  const asked = traffic === 'translated' ? translatedModel : model
  const common = { model: asked, temperature: 0.7, max_tokens: 512 }
  const streams = traffic !== 'json' && traffic !== 'image'
  return streams ? { ...common, stream: true, stream_options: { include_usage: true } } : common
}

function messages(traffic: Traffic): object[] {
  const system = { role: 'system', content: `${marker}${traffic}. You answer briefly and to the point.` }
  if (traffic !== 'image') return [system, ...conversation(11)]
  const image = {
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${pngOfSize(1_500_000).toString('base64')}` },
  }
  return [system, { role: 'user', content: [{ type: 'text', text: 'What does it show?' }, image] }]
}

/** A PNG signature and bytes that do not repeat; `size` bytes, 4/3 of it in base64. */
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
