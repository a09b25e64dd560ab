/**
 * The operations of an endpoint. Code that treats operations differently names all of them, so that the compiler finds what a new one
 * lacks.
 */
export const operations = ['chat', 'completions', 'embeddings', 'rerank', 'images', 'speech', 'transcription'] as const

export type Operation = (typeof operations)[number]

/** The operations that ask a language model for text: only these have plugins, tools, prefill and stream rescue. */
export type TextOperation = 'chat' | 'completions'

/** The operations that are no chats. Their results are items, such as vectors or images. */
export type ItemOperation = Exclude<Operation, TextOperation>

/** The output modality that a model must have for an operation (contract §8.A1). Any one of them is enough. */
export const outputsOf: Readonly<Record<Operation, readonly string[]>> = {
  chat: ['text', 'image', 'audio'],
  completions: ['text', 'image', 'audio'],
  embeddings: ['embeddings'],
  rerank: ['rerank'],
  images: ['image'],
  speech: ['speech'],
  transcription: ['transcription'],
}

/** Where a client finds each operation. */
export const addressOf: Readonly<Record<Operation, string>> = {
  chat: '/api/v1/chat/completions',
  completions: '/api/v1/completions',
  embeddings: '/api/v1/embeddings',
  rerank: '/api/v1/rerank',
  images: '/api/v1/images',
  speech: '/api/v1/audio/speech',
  transcription: '/api/v1/audio/transcriptions',
}
