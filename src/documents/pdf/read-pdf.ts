import type { getDocumentProxy } from 'unpdf'
import type { PdfText } from '../../canonical/documents.ts'
import { DocumentError } from '../document-error.ts'
import type { DocumentJob } from '../job.ts'
import { visibleText } from '../visible-text.ts'
import { readPdfPage } from './read-pdf-page.ts'

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>
type PdfJob = Extract<DocumentJob, { readonly type: 'pdf' }>

/** Reads the text of a PDF. Throws a DocumentError. */
export async function readPdf({ bytes, maxPages, maxCharacters }: PdfJob): Promise<PdfText> {
  const pdf = await openPdf(bytes)
  try {
    const { pages, complete } = await readPages(pdf, maxPages, maxCharacters)
    if (pages.every((page) => page === '')) throw noText
    return { type: 'pdf', title: await titleOf(pdf), pages, pageCount: pdf.numPages, truncated: !complete }
  } finally {
    await pdf.loadingTask.destroy()
  }
}

async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  // This is 2 MB of code, which pages need not load.
  const { getDocumentProxy } = await import('unpdf')
  try {
    // Of fonts and images only what the text needs is read. `verbosity` 0 prints nothing.
    return await getDocumentProxy(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      verbosity: 0,
      disableFontFace: true,
      enableXfa: false,
      maxImageSize: 1,
      useWasm: false,
    })
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    if (name === 'PasswordException') throw new DocumentError('encrypted', 'The PDF is encrypted and needs a password.')
    throw new DocumentError('broken', `The PDF is broken: ${message.slice(0, 200)}`)
  }
}

interface ReadPages {
  readonly pages: readonly string[]
  /** Whether these are all pages and each to its end. */
  readonly complete: boolean
}

async function readPages(pdf: Pdf, maxPages: number, maxCharacters: number): Promise<ReadPages> {
  const pages: string[] = []
  let left = maxCharacters
  let unread = 0
  let complete = pdf.numPages <= maxPages
  for (let number = 1; number <= Math.min(pdf.numPages, maxPages); number++) {
    if (left <= 0) return { pages, complete: false }
    const read = await pageText(pdf, number, left)
    if (read === null) unread += 1
    const text = read === null ? `[Page ${number} is broken.]` : read.text
    pages.push(visibleText(text).trim())
    complete &&= read?.complete ?? true
    left -= text.length
  }
  if (unread > 0 && unread === pages.length)
    throw new DocumentError('broken', 'The PDF is broken: no page can be read.')
  return { pages, complete }
}

/** Returns null for a page that cannot be read: the others may be. */
async function pageText(
  pdf: Pdf,
  number: number,
  maxCharacters: number,
): Promise<{ text: string; complete: boolean } | null> {
  try {
    return await readPdfPage(await pdf.getPage(number), maxCharacters)
  } catch {
    return null
  }
}

const noText = new DocumentError(
  'no-text',
  'The PDF has no text. Its pages are probably scanned images, which need OCR.',
)

const longestTitle = 300

async function titleOf(pdf: Pdf): Promise<string | null> {
  const { info } = await pdf.getMetadata()
  const title: unknown = 'Title' in info ? info.Title : null
  const text = typeof title === 'string' ? visibleText(title).trim().slice(0, longestTitle) : ''
  return text === '' ? null : text
}
