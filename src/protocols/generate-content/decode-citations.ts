import type { UrlCitation } from '../../canonical/annotation.ts'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'

/**
 * Limits for the positions of citations: longer answers get citations without them, and of very many citations only the first get them,
 * because each position is looked up in the whole text.
 */
const longestText = 300_000
const mostPlaces = 1_000
/** Characters of all citations of an answer: each of many places may rest on the same long address. */
const mostCited = 1_000_000

/** Decodes the citations of an answer. Google gives their positions in bytes of the text, so the text is kept until they come. */
export class Citations {
  #text = ''
  #isComplete = true
  readonly #known = new Set<string>()
  #places = 0
  #cited = 0

  said(text: string): void {
    this.#isComplete &&= this.#text.length + text.length <= longestText
    if (this.#isComplete) this.#text += text
  }

  /** Decodes the citations of a candidate that are new: sources that a search found, and sources that the answer quotes at length. */
  decode(candidate: JsonObject): readonly UrlCitation[] {
    const grounding = objectOf(candidate['groundingMetadata'])
    const quoted = arrayOf(objectOf(candidate['citationMetadata'])?.['citations'])
    const found = [
      ...(grounding === undefined ? [] : this.#found(grounding)),
      ...quoted.map((quote) => this.#citationOf(quote, quote)),
    ]
    return found
      .filter((citation) => citation !== null)
      .filter((citation) => this.#hasRoomFor(citation) && this.#isNew(citation))
  }

  /** Returns each source with each position that rests on it, and the sources that no position rests on. */
  #found(grounding: JsonObject): readonly (UrlCitation | null)[] {
    const sources = arrayOf(grounding['groundingChunks']).map(sourceOf)
    const supports = arrayOf(grounding['groundingSupports']).filter(isObject)
    const indices = (support: JsonObject): readonly unknown[] => arrayOf(support['groundingChunkIndices'])
    const used = new Set(supports.flatMap(indices))
    return [
      ...supports.flatMap((support) =>
        indices(support).map((index) => this.#citationOf(sources[Number(index)], support['segment'])),
      ),
      ...sources.filter((_, index) => !used.has(index)).map((source) => this.#citationOf(source, undefined)),
    ]
  }

  #citationOf(source: unknown, place: unknown): UrlCitation | null {
    const url = isObject(source) ? stringOf(source['uri']) : undefined
    if (!isObject(source) || url === undefined) return null
    const end = isObject(place) ? countOf(place['endIndex']) : undefined
    // Google leaves a start of 0 out.
    const start = isObject(place) && end !== undefined ? (countOf(place['startIndex']) ?? 0) : undefined
    return {
      type: 'url-citation',
      url,
      title: stringOf(source['title']),
      content: isObject(place) ? stringOf(place['text']) : undefined,
      startIndex: this.#indexOf(start),
      endIndex: this.#indexOf(end),
    }
  }

  /** Converts a position in bytes to one in UTF-16 units. */
  #indexOf(bytes: number | undefined): number | undefined {
    if (bytes === undefined || !this.#isComplete || ++this.#places > mostPlaces) return undefined
    return Buffer.from(this.#text).subarray(0, bytes).toString().length
  }

  #hasRoomFor({ url, title = '', content = '' }: UrlCitation): boolean {
    this.#cited += 1 + url.length + title.length + content.length
    return this.#cited <= mostCited
  }

  #isNew({ url, startIndex, endIndex }: UrlCitation): boolean {
    const key = `${startIndex ?? ''}-${endIndex ?? ''} ${url}`
    if (this.#known.has(key)) return false
    this.#known.add(key)
    return true
  }
}

/** Returns the source in a chunk: a web page, a document of the client's own, or a place on a map. */
const sourceOf = (chunk: unknown): unknown =>
  isObject(chunk) ? (chunk['web'] ?? chunk['retrievedContext'] ?? chunk['maps']) : undefined
