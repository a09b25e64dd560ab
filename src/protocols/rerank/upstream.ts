import { GatewayError } from '../../canonical/errors.ts'
import type { RankedDocument, RerankInput, RerankRequest } from '../../canonical/generation-request.ts'
import type { Item } from '../../canonical/item.ts'
import type { Usage } from '../../canonical/usage.ts'
import { countOf, isObject, type JsonObject, numberOf, objectOf, stringOf, tokensOf } from '../../util/json.ts'
import type { ServiceProtocols, UpstreamProtocol } from '../protocol.ts'
import { type ItemReply, openItemReply, UnusableReply } from '../vendors/item-reply.ts'
import type { RerankService } from './quirks.ts'

type Encode = (input: RerankInput, model: string, providerName: string) => JsonObject

/** The languages differ in the names of the request; their replies are read alike. */
const language = (name: string, encode: Encode): UpstreamProtocol<RerankRequest, RerankService> => ({
  name,
  framing: 'sse',
  openCall: ({ input }, { upstreamModel, providerName }, { path = '/rerank' }) => ({
    upstreamRequest: {
      method: 'POST',
      path: path.replace('{model}', () => upstreamModel),
      headers: {},
      body: encode(input, upstreamModel, providerName),
      stream: false,
    },
    reply: openItemReply(providerName, { read: (body) => readReply(body, input) }),
  }),
})

/** The upstream side of each language that ranks. The documents are not sent back: the client's own are shown. */
export const rerankUpstreams: ServiceProtocols['rerank'] = {
  // https://api.jina.ai/redoc, https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html#re-rank-api
  jina: language('jina', ({ query, documents, topN }, model) => ({
    model,
    query,
    documents: documents.map((document) => (document.image === undefined ? (document.text ?? '') : document)),
    ...(topN !== undefined && { top_n: topN }),
    return_documents: false,
  })),
  // https://docs.cohere.com/reference/rerank
  cohere: language('cohere', ({ query, documents, topN }, model, providerName) => ({
    model,
    query,
    documents: documents.map((document) => textOf(document, providerName)),
    ...(topN !== undefined && { top_n: topN }),
  })),
  // https://docs.voyageai.com/reference/reranker-api
  voyage: language('voyage', ({ query, documents, topN }, model, providerName) => ({
    model,
    query,
    documents: documents.map((document) => textOf(document, providerName)),
    ...(topN !== undefined && { top_k: topN }),
  })),
  // https://huggingface.github.io/text-embeddings-inference
  tei: language('tei', ({ query, documents }, _model, providerName) => ({
    query,
    texts: documents.map((document) => textOf(document, providerName)),
  })),
}

/** @throws GatewayError for an image: another endpoint may read it. */
function textOf({ text, image }: RankedDocument, providerName: string): string {
  if (image === undefined) return text ?? ''
  throw new GatewayError('invalid_request', `${providerName} ranks texts alone, and no images.`, {
    providerName,
    issues: [{ path: 'documents', message: `hold an image, which ${providerName} does not rank` }],
  })
}

/** Reads `{results: [{index, relevance_score}]}`; some name the list `data`, and TEI sends the list alone, with `score`. */
function readReply(body: unknown, { documents, topN = documents.length }: RerankInput): ItemReply {
  const fields = isObject(body) ? body : {}
  const rows = Array.isArray(body) ? body : (fields['results'] ?? fields['data'])
  if (!Array.isArray(rows)) throw new UnusableReply('sent a reply without results')
  const seen = new Set<number>()
  const items = rows.map((row): Extract<Item, { type: 'relevance' }> => {
    const result = objectOf(row)
    const index = countOf(result?.['index'])
    const score = numberOf(result?.['relevance_score']) ?? numberOf(result?.['score'])
    if (index === undefined || score === undefined || index >= documents.length || seen.has(index)) {
      throw new UnusableReply('sent a result that is of no document, or has no score')
    }
    seen.add(index)
    return { type: 'relevance', index, score }
  })
  if (items.length < Math.min(topN, documents.length)) {
    throw new UnusableReply(`sent ${items.length} results for ${documents.length} documents`)
  }
  return {
    items: items.toSorted((one, other) => other.score - one.score).slice(0, topN),
    usage: decodeUsage(fields),
    upstreamId: stringOf(fields['id']),
  }
}

/** Cohere counts search units, and all others tokens. */
function decodeUsage(body: JsonObject): Usage | undefined {
  const billed = objectOf(objectOf(body['meta'])?.['billed_units'])
  const usage = objectOf(body['usage'])
  const searchUnits = tokensOf(billed?.['search_units']) ?? tokensOf(usage?.['search_units'])
  const promptTokens = tokensOf(usage?.['total_tokens']) ?? tokensOf(usage?.['prompt_tokens'])
  return searchUnits === undefined && promptTokens === undefined ? undefined : { searchUnits, promptTokens }
}
