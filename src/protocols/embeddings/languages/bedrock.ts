import type { EmbeddingInput, EmbeddingsRequest } from '../../../canonical/generation-request.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf, tokensOf } from '../../../util/json.ts'
import { search } from '../../../util/pattern.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { decodeError } from '../../vendors/aws-failure.ts'
import { inlineData } from '../../vendors/inline-media.ts'
import { UnusableReply } from '../../vendors/item-reply.ts'
import { openEmbeddingReply, type RawEmbeddings } from '../embedding-reply.ts'
import { partsOf, refusal, textOf } from '../input-parts.ts'
import { cohereTypes, purposeWord } from '../purposes.ts'
import type { EmbeddingsService } from '../quirks.ts'

type Model = UpstreamProtocol<EmbeddingsRequest, EmbeddingsService>

/** Each family of models has its own body in Bedrock's `InvokeModel`. */
const invoke = (
  name: string,
  encode: (request: EmbeddingsRequest, model: string, providerName: string) => JsonObject,
  read: (body: unknown) => RawEmbeddings,
): Model => ({
  name,
  framing: 'sse',
  openCall: (request, { upstreamModel, providerName }) => ({
    upstreamRequest: {
      method: 'POST',
      path: `/model/${encodeURIComponent(upstreamModel)}/invoke`,
      headers: { accept: 'application/json' },
      body: encode(request, upstreamModel, providerName),
      stream: false,
    },
    reply: openEmbeddingReply(providerName, request, read, (reply) => decodeError(reply, providerName)),
  }),
})

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and …-titan-embed-mm.html */
export const bedrockTitanEmbeddings = invoke('bedrock-titan', encodeTitan, (body) => {
  if (!isObject(body)) throw new UnusableReply('sent a reply without embeddings')
  const promptTokens = tokensOf(body['inputTextTokenCount'])
  return {
    vectors: [{ index: 0, vector: body['embedding'] }],
    ...(promptTokens !== undefined && { usage: { promptTokens } }),
  }
})

/** The provider's file says that it takes one input a call. */
function encodeTitan({ input }: EmbeddingsRequest, model: string, providerName: string): JsonObject {
  const [first = ''] = input.inputs
  const { dimensions } = input
  if (search(/titan-embed-image/, model) === null) {
    return { inputText: textOf(first, providerName), ...(dimensions !== undefined && { dimensions }) }
  }
  const parts = partsOf(first, providerName)
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  const others = parts.filter(({ type }) => type !== 'text')
  const [image] = others
  const media = image?.type === 'image' ? inlineData(image) : null
  if (others.length > 1 || (image !== undefined && media === null)) {
    throw refusal('more than one image, which must be a data URL,', providerName)
  }
  return {
    ...(texts.length > 0 && { inputText: texts.join('\n') }),
    ...(media !== null && { inputImage: media.data }),
    ...(dimensions !== undefined && { embeddingConfig: { outputEmbeddingLength: dimensions } }),
  }
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html and …-embed-v4.html */
export const bedrockCohereEmbeddings = invoke('bedrock-cohere', encodeCohere, (body) => {
  const embeddings = isObject(body) ? body['embeddings'] : undefined
  const rows = Array.isArray(embeddings) ? embeddings : objectOf(embeddings)?.['float']
  if (!isObject(body) || !Array.isArray(rows)) throw new UnusableReply('sent a reply without embeddings')
  return { vectors: arrayOf(rows).map((vector, index) => ({ index, vector })), upstreamId: stringOf(body['id']) }
})

/** Embed v4 reads images, which are addresses alone there, and no objects as at Cohere. */
function encodeCohere({ input }: EmbeddingsRequest, model: string, providerName: string): JsonObject {
  const readsImages = search(/embed-v4/, model) !== null
  return {
    ...(readsImages && input.modalities.size > 0
      ? { inputs: input.inputs.map((each) => ({ content: encodeCohereParts(each, providerName) })) }
      : { texts: input.inputs.map((each) => textOf(each, providerName)) }),
    input_type: purposeWord(input.purpose, cohereTypes) ?? 'search_document',
    embedding_types: ['float'],
    ...(input.dimensions !== undefined && { output_dimension: input.dimensions }),
  }
}

const encodeCohereParts = (input: EmbeddingInput, providerName: string): readonly JsonObject[] =>
  partsOf(input, providerName).map((part) => {
    if (part.type === 'text') return { type: 'text', text: part.text }
    if (part.type === 'image') return { type: 'image_url', image_url: part.url }
    throw refusal(`${part.type} input`, providerName)
  })
