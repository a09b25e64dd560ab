import type { DocumentFailure, Documents } from '../canonical/documents.ts'
import { failure } from './document-error.ts'
import { DocumentQueue, type DocumentQueueOptions } from './document-queue.ts'
import type { DocumentOutcome } from './job.ts'

const mostPageBytes = 10 * 1_048_576
const mostPdfBytes = 50 * 1_048_576

/** Makes the reader of documents. It takes no memory until the first document, for which it starts a process. */
export function createDocuments(options: Partial<DocumentQueueOptions> = {}): Documents {
  const queue = new DocumentQueue({ maxMemoryMb: 600, maxWaiting: 16, idleMs: 30_000, ...options })
  return {
    async readPage(bytes, contentType, url, { maxTokens, ...limits }) {
      if (bytes.length > mostPageBytes) return tooLarge('page', bytes, mostPageBytes)
      return only('page', await queue.add({ type: 'page', bytes, contentType, url, maxTokens }, limits))
    },
    async readPdf(bytes, { maxPages, maxCharacters, ...limits }) {
      if (bytes.length > mostPdfBytes) return tooLarge('PDF', bytes, mostPdfBytes)
      return only('pdf', await queue.add({ type: 'pdf', bytes, maxPages, maxCharacters }, limits))
    },
    close: () => queue.close(),
  }
}

const tooLarge = (name: string, bytes: Uint8Array, most: number): DocumentFailure =>
  failure('too-large', `The ${name} has ${megabytes(bytes.length)} MB; at most ${megabytes(most)} MB are read.`)

const megabytes = (bytes: number): number => Math.ceil(bytes / 1_048_576)

type OutcomeOf<Type> = Extract<DocumentOutcome, { readonly type: Type }>

/** Narrows an outcome to what was asked for. */
function only<Type extends 'page' | 'pdf'>(type: Type, outcome: DocumentOutcome): OutcomeOf<Type> | DocumentFailure {
  const isAsked = (some: DocumentOutcome): some is OutcomeOf<Type> => some.type === type
  if (isAsked(outcome) || outcome.type === 'failure') return outcome
  throw new Error(`The process answered a ${outcome.type} when it was asked for a ${type}.`)
}
