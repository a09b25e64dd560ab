import type { FileAnnotation } from '../../canonical/annotation.ts'
import type { DocumentFailure } from '../../canonical/documents.ts'
import { type ErrorKind, GatewayError } from '../../canonical/errors.ts'
import type { FeatureContext } from '../../canonical/feature-context.ts'
import { EngineFailure } from '../../canonical/web-engines.ts'
import { search } from '../../util/pattern.ts'
import { refusal } from './files-of.ts'
import type { FileBytes } from './read-file.ts'

/** Who reads a PDF. */
export type Engine = 'pdf-text' | 'mistral-ocr'

/** A file in a form that every model can read. */
export interface Document {
  readonly name: string
  readonly text: string
  /** The first pictures, as data URLs or addresses. */
  readonly images: readonly string[]
  /** False where an earlier answer brought it. */
  readonly isNew: boolean
  readonly engine: string
  readonly pageCount: number
  /** Nano-USD. */
  readonly fee: number
  /** What the client may send back, so that the file need not be parsed again; absent for a text, which is not worth it. */
  readonly annotation?: FileAnnotation
}

/** The most pictures of one file that are forwarded (contract §2.3). */
export const mostImages = 8
/** The longest that one file may take, in milliseconds. Within it, the deadline of the request holds. */
const longestMs = 60_000
const mostPages = 1_000
const mostCharacters = 4_000_000

/**
 * Turns a file into text.
 * @throws GatewayError 400 that says what is wrong with the file or with the engine; 502 or 503 where the engine fails.
 */
export async function parseFile(file: FileBytes, engine: Engine, context: FeatureContext): Promise<Document> {
  if (file.mediaType === 'application/pdf') {
    return engine === 'mistral-ocr' ? parseByOcr(file, context) : parseHere(file, context)
  }
  if (!isText(file.mediaType)) {
    throw refusal(file.path, `files of the type ${file.mediaType} cannot be read; PDF and text can`)
  }
  const text = new TextDecoder(charsetOf(file.bytes)).decode(file.bytes)
  return { name: file.name, text, images: [], isNew: true, engine: 'text', pageCount: 0, fee: 0 }
}

const limitsOf = ({ generation, clock }: FeatureContext) => ({
  signal: generation.signal,
  timeoutMs: Math.max(1, Math.ceil(Math.min(longestMs, generation.deadline - clock.monotonic()))),
})

async function parseHere(file: FileBytes, context: FeatureContext): Promise<Document> {
  const read = await context.documents.readPdf(file.bytes, {
    ...limitsOf(context),
    maxPages: mostPages,
    maxCharacters: mostCharacters,
  })
  context.generation.signal.throwIfAborted()
  if (read.type === 'failure') throw explain(read, file)
  const { pages, pageCount, truncated } = read
  const rest = truncated ? [`[Only the first ${pages.length} of ${pageCount} pages were read.]`] : []
  return document(file, 'pdf-text', pages.concat(rest), [], pages.length, 0, context)
}

async function parseByOcr(file: FileBytes, context: FeatureContext): Promise<Document> {
  const { ocr } = context
  if (ocr.missing !== null) {
    throw new GatewayError('invalid_request', ocr.missing, { issues: [{ path: 'plugins', message: ocr.missing }] })
  }
  const release = await context.holdFee(ocr.likelyFee(file.bytes))
  try {
    const { pages, pageCount, fee } = await ocr.read(file.bytes, file.mediaType, limitsOf(context))
    const images = pages.flatMap((page) => page.images)
    return document(
      file,
      'mistral-ocr',
      pages.map(({ text }) => text),
      images,
      pageCount,
      fee,
      context,
    )
  } catch (error) {
    if (!(error instanceof EngineFailure)) throw error
    const kind = error.reason === 'refused' ? 'invalid_request' : 'provider_unavailable'
    throw new GatewayError(kind, `${file.path}: the file could not be read. ${error.message}`, { raw: error.said })
  } finally {
    release()
  }
}

function document(
  { name, hash }: FileBytes,
  engine: Engine,
  pages: readonly string[],
  allImages: readonly string[],
  pageCount: number,
  fee: number,
  { generation }: FeatureContext,
): Document {
  generation.charge({ source: 'file-parser', engine, unit: 'parsed-page', units: pageCount, amount: fee })
  const text = pages.filter((page) => page.trim() !== '').join('\n\n')
  const images = allImages.slice(0, mostImages)
  const content = [{ type: 'text', text }, ...images.map((url) => ({ type: 'image_url', image_url: { url } }))]
  return { name, text, images, isNew: true, engine, pageCount, fee, annotation: { type: 'file', hash, name, content } }
}

/** What is wrong with the file is the client's to correct; that the reader is busy passes. */
function explain({ kind, message }: DocumentFailure, { path, name }: FileBytes): GatewayError {
  const passes = kind === 'busy' || kind === 'closed'
  const errorKind: ErrorKind = passes ? 'provider_overloaded' : 'invalid_request'
  const advice = kind === 'no-text' ? ' The engine "mistral-ocr" of the plugin "file-parser" reads scanned pages.' : ''
  const words = `the file ${JSON.stringify(name)} could not be read. ${message}${advice}`
  return new GatewayError(errorKind, `${path}: ${words}`, passes ? {} : { issues: [{ path, message: words }] })
}

const textTypes = new Set([
  'application/json',
  'application/ld+json',
  'application/x-ndjson',
  'application/jsonl',
  'application/csv',
  'application/xml',
  'application/yaml',
  'application/x-yaml',
  'application/toml',
  'application/markdown',
  'application/javascript',
  'application/typescript',
  'application/sql',
  'application/x-sh',
])

const isText = (mediaType: string): boolean =>
  mediaType.startsWith('text/') || textTypes.has(mediaType) || search(/\+(json|xml|yaml)$/, mediaType) !== null

/** Texts are UTF-8 unless they begin with another mark. */
function charsetOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
}
