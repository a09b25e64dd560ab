import type { PageText } from '../../canonical/documents.ts'
import { mediaTypeOf } from '../../util/media-type.ts'
import { cutToTokens } from '../cut-to-tokens.ts'
import { DocumentError } from '../document-error.ts'
import type { DocumentJob } from '../job.ts'
import { readPdf } from '../pdf/read-pdf.ts'
import { visibleText } from '../visible-text.ts'
import { decodeText } from './decode-text.ts'
import { readHtml } from './read-html.ts'

type PageJob = Extract<DocumentJob, { readonly type: 'page' }>

/** Reads a page by its type. */
export async function readPage(job: PageJob): Promise<PageText> {
  const mediaType = typeOf(job)
  if (mediaType === 'application/pdf') return readPdfPage(job)
  if (htmlTypes.has(mediaType)) return readHtmlPage(job, mediaType)
  if (isText(mediaType)) return readTextPage(job, mediaType)
  throw new DocumentError('unsupported-type', `A page of the type ${mediaType} cannot be read as text.`)
}

const htmlTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml'])
const textTypes: ReadonlySet<string> = new Set([
  ...[
    'json',
    'ld+json',
    'ndjson',
    'x-ndjson',
    'jsonl',
    'xml',
    'yaml',
    'x-yaml',
    'toml',
    'javascript',
    'markdown',
    'sql',
  ],
])

function isText(mediaType: string): boolean {
  const [kind, name = ''] = mediaType.split('/')
  if (kind === 'text') return true
  return kind === 'application' && (textTypes.has(name) || name.endsWith('+json') || name.endsWith('+xml'))
}

/** A server that names no type leaves it to the beginning of the page. */
function typeOf({ bytes, contentType, url }: PageJob): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const mediaType = mediaTypeOf(contentType ?? undefined, buffer, URL.parse(url)?.pathname)
  if (contentType !== null || mediaType !== 'application/octet-stream') return mediaType
  if (buffer.includes(0)) return mediaType
  return buffer.subarray(0, 512).toString('latin1').trimStart().startsWith('<') ? 'text/html' : 'text/plain'
}

function readHtmlPage({ bytes, contentType, url, maxTokens }: PageJob, mediaType: string): PageText {
  const { title, markdown, complete } = readHtml(decodeText(bytes, contentType), url)
  if (markdown === '') throw new DocumentError('no-text', 'The page has no text. It is probably drawn by scripts.')
  return {
    type: 'page',
    title,
    mediaType,
    ...cutToTokens(markdown, maxTokens, complete ? null : 'it is nested too deep'),
  }
}

function readTextPage({ bytes, contentType, maxTokens }: PageJob, mediaType: string): PageText {
  const decoded = decodeText(bytes, contentType)
  if (decoded.includes('\0'))
    throw new DocumentError('broken', `The page is not the ${mediaType} that its server calls it.`)
  return { type: 'page', title: null, mediaType, ...cutToTokens(visibleText(decoded), maxTokens) }
}

const mostPdfPages = 500
/** No text that a budget of tokens holds has more characters a token. */
const charactersPerToken = 10

async function readPdfPage({ bytes, maxTokens }: PageJob): Promise<PageText> {
  const limits = { maxPages: mostPdfPages, maxCharacters: maxTokens * charactersPerToken }
  const pdf = await readPdf({ type: 'pdf', bytes, ...limits })
  const { title, pages, pageCount } = pdf
  const missing = pdf.truncated ? `it has ${pageCount} pages` : null
  return { type: 'page', title, mediaType: 'application/pdf', ...cutToTokens(pages.join('\n\n'), maxTokens, missing) }
}
