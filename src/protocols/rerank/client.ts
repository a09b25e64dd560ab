import type { Modality } from '../../canonical/content-part.ts'
import type { Issue } from '../../canonical/errors.ts'
import type { RankedDocument, RerankRequest } from '../../canonical/generation-request.ts'
import type { GenerationResult } from '../../canonical/generation-result.ts'
import { usd } from '../../canonical/money.ts'
import type { JsonObject } from '../../util/json.ts'
import { decodeItemFields } from '../gateway-fields/decode-item-fields.ts'
import { encodeError } from '../gateway-fields/encode-error.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import { sharedRules } from '../gateway-fields/schema/request-rules.ts'
import type { ReplyIdentity, ReplyProtocol, RequestHeaders } from '../protocol.ts'
import { requestValidator } from '../schema/validate.ts'
import { type RerankRequestBody, RerankRequestSchema } from './schema/request.ts'

const protocolName = 'rerank'

const accept = requestValidator(RerankRequestSchema, (body) => [...sharedRules(body), ...documentRules(body)])

/** The client side: what `POST /rerank` speaks (contract §8.B). */
export const rerankClient: ReplyProtocol<RerankRequest> = {
  name: protocolName,
  decodeRequest,
  encodeResult,
  showsBrokenAnswers: false,
  encodeError,
}

const noModalities: ReadonlySet<Modality> = new Set()
const images: ReadonlySet<Modality> = new Set(['image'])

/** @throws GatewayError 400 with `issues`. */
function decodeRequest(body: unknown, headers: RequestHeaders): RerankRequest {
  const wire = accept(body)
  const documents = wire.documents.map(decodeDocument)
  return {
    operation: 'rerank',
    input: {
      type: 'rerank',
      query: wire.query,
      documents,
      modalities: documents.some(({ image }) => image !== undefined) ? images : noModalities,
      topN: wire.top_n ?? undefined,
    },
    ...decodeItemFields(protocolName, wire, headers),
    stream: false,
  }
}

function documentRules({ documents }: RerankRequestBody): readonly Issue[] {
  const empty = documents.findIndex((document) => typeof document === 'object' && !document.text && !document.image)
  return empty === -1 ? [] : [{ path: `documents[${empty}]`, message: 'must have a `text`, an `image` or both' }]
}

const decodeDocument = (document: RerankRequestBody['documents'][number]): RankedDocument =>
  typeof document === 'string'
    ? { text: document }
    : { ...(document.text && { text: document.text }), ...(document.image && { image: document.image }) }

/** The documents are the client's own: upstreams return them in many forms, or not at all. */
function encodeResult({ id }: ReplyIdentity, result: GenerationResult, { input }: RerankRequest): JsonObject {
  const { model, provider, items, usage, cost, metadata } = result
  return {
    id,
    model,
    provider,
    results: items.flatMap((item) =>
      item.type === 'relevance'
        ? [{ index: item.index, relevance_score: item.score, document: input.documents[item.index] ?? {} }]
        : [],
    ),
    usage: {
      ...(usage.searchUnits !== undefined && { search_units: usage.searchUnits }),
      ...(usage.promptTokens !== undefined && { total_tokens: usage.promptTokens }),
      ...(cost !== undefined && { cost: usd(cost.total), is_byok: cost.isByok }),
    },
    ...(metadata !== undefined && { openrouter_metadata: encodeMetadata(metadata) }),
  }
}
