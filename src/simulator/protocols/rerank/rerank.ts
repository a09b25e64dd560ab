import { randomUUID } from 'node:crypto'
import { asInteger, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { requestOf, requiredList, requiredText, textInput } from '../embeddings/embedder.ts'
import { openaiFailure } from '../openai-failure.ts'
import type { Protocol } from '../protocol.ts'
import { sse } from '../sse.ts'

const mostDocuments = 10_000
const documentsPerUnit = 100

interface Result {
  readonly index: number
  readonly score: number
}

/** What a reply may tell besides the results. */
interface Figures {
  readonly model: string
  /** Null: no usage is to be reported. */
  readonly tokens: number | null
  readonly units: number
}

type Reply = (results: readonly Result[], figures: Figures) => object

/** Rankings in the forms of Cohere (`/v2/rerank`), Voyage (`top_k`), Text Embeddings Inference (`texts`), and Jina, which vLLM has too. */
export const rerank: Protocol = {
  serves: (path) => path.endsWith('/rerank'),
  framing: sse,
  failure: openaiFailure,
  open(body, path) {
    const { model, documents, most, reply } = parse(body, path)
    const query = requiredText(body['query'], 'query')
    const inputs = documents.map((document) => ({
      ...textInput(document),
      tokens: countWords(document) + countWords(query),
    }))
    return {
      request: requestOf(model, inputs),
      whole(answer, settings) {
        const results = settings.tokens === 0 ? [] : rank(query, documents).slice(0, most)
        const units = Math.ceil(documents.length / documentsPerUnit)
        return reply(results, { model, tokens: settings.noUsage ? null : answer.usage.prompt, units })
      },
      frames: () => [],
    }
  },
}

function parse(body: JsonObject, path: string) {
  if (body['texts'] !== undefined) {
    return { model: 'steady', documents: textsOf(body['texts'], 'texts'), most: undefined, reply: teiReply }
  }
  const model = requiredText(body['model'], 'model')
  const documents = textsOf(body['documents'], 'documents')
  const isVoyage = body['top_k'] !== undefined || path.includes('voyage')
  const most = asInteger(body['top_n'] ?? body['top_k']) ?? documents.length
  if (most < 1) throw new InvalidRequest('"top_n" must be at least 1.')
  const reply = isVoyage ? voyageReply : path.includes('/v2/') ? cohereReply : jinaReply
  return { model, documents, most, reply }
}

function textsOf(value: unknown, field: string): readonly string[] {
  return requiredList(value, field, mostDocuments).map((document) => {
    const text = isObject(document) ? (asString(document['text']) ?? asString(document['image'])) : asString(document)
    if (text === null) throw new InvalidRequest(`"${field}" must be texts, or objects with a text or an image.`)
    return text
  })
}

/** The score is the share of the words of the query that the document has, and a little less for each place. The best come first. */
function rank(query: string, documents: readonly string[]): readonly Result[] {
  const wanted = wordsOf(query)
  return documents
    .map((document, index) => {
      const found = wordsOf(document)
      const shared = [...wanted].filter((word) => found.has(word)).length
      return { index, score: shared / Math.max(1, wanted.size) - index / 1e6 }
    })
    .toSorted((one, other) => other.score - one.score)
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\d]+/gu) ?? [])

const rows = (results: readonly Result[]): readonly object[] =>
  results.map(({ index, score }) => ({ index, relevance_score: score }))

const jinaReply: Reply = (results, { model, tokens }) => ({
  model,
  object: 'list',
  results: rows(results),
  ...(tokens !== null && { usage: { total_tokens: tokens } }),
})
const voyageReply: Reply = (results, { model, tokens }) => ({
  model,
  object: 'list',
  data: rows(results),
  ...(tokens !== null && { usage: { total_tokens: tokens } }),
})
/** Cohere does not name the model. */
const cohereReply: Reply = (results, { tokens, units }) => ({
  id: randomUUID(),
  results: rows(results),
  meta: { api_version: { version: '2' }, ...(tokens !== null && { billed_units: { search_units: units } }) },
})
const teiReply: Reply = (results) => results.map(({ index, score }) => ({ index, score }))
