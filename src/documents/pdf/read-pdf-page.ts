import type { getDocumentProxy } from 'unpdf'

type PdfPage = Awaited<ReturnType<Awaited<ReturnType<typeof getDocumentProxy>>['getPage']>>
type TextContent = Awaited<ReturnType<PdfPage['getTextContent']>>
type TextItem = Extract<TextContent['items'][number], { readonly str: string }>

/** Reads the text of one page, piece by piece, so that a page without end fills no memory. */
export async function readPdfPage(page: PdfPage, maxCharacters: number): Promise<{ text: string; complete: boolean }> {
  const lines = new Lines(page.view)
  const reader = page.streamTextContent().getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: lines.text, complete: true }
    const { items }: TextContent = value
    for (const item of items) if ('str' in item) lines.add(item)
    if (lines.text.length > maxCharacters) {
      await reader.cancel(new Error('The text is long enough.'))
      return { text: lines.text.slice(0, maxCharacters), complete: false }
    }
  }
}

/** A gap of more than so many heights of the letters begins a paragraph. */
const paragraphGap = 1.9

/** Joins the pieces of text on a page. */
class Lines {
  text = ''
  readonly #view: readonly number[]
  #lastY: number | null = null

  constructor(view: readonly number[]) {
    this.#view = view
  }

  add({ str, hasEOL, height, transform }: TextItem): void {
    const [x = 0, y = 0] = transform.slice(4).map(Number)
    if (str.trim() !== '') {
      if (height < smallest || this.#isOutside(x, y)) return
      if (this.#lastY !== null && this.text.endsWith('\n') && Math.abs(this.#lastY - y) > height * paragraphGap)
        this.text += '\n'
      this.#lastY = y
    }
    this.text += hasEOL ? `${str}\n` : str
  }

  /** Text beside the page is not seen. */
  #isOutside(x: number, y: number): boolean {
    const [left = 0, bottom = 0, right = 0, top = 0] = this.#view
    return x < left - margin || x > right || y < bottom - margin || y > top
  }
}

/** Smaller letters, in points, are not seen. */
const smallest = 1
const margin = 50
