import { addressEnd, withoutPunctuation } from './addresses-of.ts'
import type { UrlCitation } from './annotation.ts'
import type { TurnBatch, TurnStream } from './generation-event.ts'

/** A page or a search result that an answer may cite. */
export interface CitedSource {
  readonly url: string
  readonly title?: string
  readonly content?: string
}

/**
 * Finds the places where an answer cites sources, while its text arrives in pieces. Positions are UTF-16 indices into the whole text, and
 * span the link, `[title](address)`, or the bare address. Only the end of the text is kept, so that the time is linear in its length.
 */
export class CitationFinder {
  readonly #sources = new Map<string, CitedSource>()
  readonly #cited = new Set<CitedSource>()
  /** The end of the text: what may still become a citation, and the title before it. */
  #text = ''
  /** The length of the text before it. */
  #dropped = 0
  /** Everything in `#text` before this index has been searched. */
  #searched = 0

  /** Adds sources that the text may cite from now on. */
  addSources(sources: readonly CitedSource[]): void {
    for (const source of sources) {
      const key = keyOf(source.url)
      if (!this.#sources.has(key)) this.#sources.set(key, source)
    }
  }

  /** Adds a piece of the text, and returns the citations that it completes. */
  add(text: string): readonly UrlCitation[] {
    this.#text += text
    const found = this.#search(false)
    const superfluous = this.#searched - longestTitle
    if (superfluous > longestTitle) {
      this.#text = this.#text.slice(superfluous)
      this.#dropped += superfluous
      this.#searched -= superfluous
    }
    return found
  }

  /** Ends the text. Returns the last citations, and then the sources that the text does not cite, without positions. */
  end(): readonly UrlCitation[] {
    const last = this.#search(true)
    const uncited = [...this.#sources.values()].filter((source) => !this.#cited.has(source))
    for (const source of uncited) this.#cited.add(source)
    return [...last, ...uncited.map((source) => citationOf(source))]
  }

  #search(isWhole: boolean): readonly UrlCitation[] {
    const found: UrlCitation[] = []
    for (;;) {
      const start = this.#text.indexOf('http', this.#searched)
      if (start === -1) {
        // The first letters of an address may already be there.
        this.#searched = Math.max(this.#searched, this.#text.length - 3)
        return found
      }
      const end = addressEnd(this.#text, start, longestAddress)
      if (end === this.#text.length && !isWhole) {
        this.#searched = start
        return found
      }
      this.#searched = end
      const source = this.#sourceAt(start, end)
      if (source !== undefined) {
        this.#cited.add(source)
        const { startIndex, endIndex } = spanOf(this.#text, start, end)
        found.push({
          ...citationOf(source),
          startIndex: startIndex + this.#dropped,
          endIndex: endIndex + this.#dropped,
        })
      }
    }
  }

  #sourceAt(start: number, end: number): CitedSource | undefined {
    const address = this.#text.slice(start, end)
    return this.#sources.get(keyOf(address)) ?? this.#sources.get(keyOf(withoutPunctuation(address)))
  }
}

/** Adds the citations of the first choice to the events of an answer: each behind the text that completes it, the others before the finish. */
export async function* withCitations(events: TurnStream, citations: CitationFinder): TurnStream {
  for await (const batch of events) {
    yield batch.flatMap((event): TurnBatch => {
      if (event.type === 'text-delta' && event.choice === 0)
        return [event, ...citations.add(event.text).map(annotationOf)]
      if (event.type === 'finish' && event.choice === 0) return [...citations.end().map(annotationOf), event]
      return [event]
    })
  }
}

const annotationOf = (annotation: UrlCitation) => ({ type: 'annotation', choice: 0, annotation }) as const

const citationOf = ({ url, title, content }: CitedSource): UrlCitation => ({
  type: 'url-citation',
  url,
  ...(title !== undefined && { title }),
  ...(content !== undefined && { content }),
})

/** Models write an address with and without a slash at its end. */
const keyOf = (address: string): string => (address.endsWith('/') ? address.slice(0, -1) : address)

/** Longer texts without a break are no addresses. */
const longestAddress = 2_048
/** A bracket that opened further back is not that of the link. */
const longestTitle = 1_024

/** Returns the place of the link around an address, or of the address alone. */
function spanOf(text: string, start: number, end: number): { readonly startIndex: number; readonly endIndex: number } {
  const isLink = text.slice(start - 2, start) === '](' && text.charAt(end) === ')'
  const before = isLink ? text.slice(Math.max(0, start - longestTitle), start - 2) : ''
  const opening = before.lastIndexOf('[')
  const isOnOneLine = opening !== -1 && !before.includes('\n', opening)
  if (isOnOneLine) return { startIndex: start - 2 - before.length + opening, endIndex: end + 1 }
  return { startIndex: start, endIndex: start + withoutPunctuation(text.slice(start, end)).length }
}
