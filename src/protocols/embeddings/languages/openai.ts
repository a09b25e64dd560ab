import type { EmbeddingsRequest } from '../../../canonical/generation-request.ts'
import type { Usage } from '../../../canonical/usage.ts'
import type { Endpoint } from '../../../catalog/endpoint.ts'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf, tokensOf } from '../../../util/json.ts'
import { gatewayFieldNames } from '../../gateway-fields/field-names.ts'
import { withoutOurs } from '../../gateway-fields/passed-on.ts'
import { decodeReportedCost } from '../../openai/decode-reported-cost.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { UnusableReply } from '../../vendors/item-reply.ts'
import { openEmbeddingReply, type RawEmbeddings } from '../embedding-reply.ts'
import { isParts } from '../input-parts.ts'
import { jinaInput } from '../jina-input.ts'
import { purposeWord } from '../purposes.ts'
import type { EmbeddingsService, OpenAiForm } from '../quirks.ts'

/** The language of OpenAI's `POST /embeddings`, which most providers and servers have. */
export const openAiEmbeddings: UpstreamProtocol<EmbeddingsRequest, EmbeddingsService> = {
  name: 'openai',
  framing: 'sse',
  openCall: (request, endpoint, { openai = {} }) => ({
    upstreamRequest: {
      method: 'POST',
      path: '/embeddings',
      headers: {},
      body: encodeBody(request, endpoint, openai),
      stream: false,
    },
    reply: openEmbeddingReply(endpoint.providerName, request, (body) => readReply(body, openai)),
  }),
}

/** Fields that are written anew. All others of the client go on as they came (principle 2). */
const ownFields: ReadonlySet<string> = new Set([...gatewayFieldNames, 'encoding_format', 'dimensions', 'input_type'])

function encodeBody({ input, context, source }: EmbeddingsRequest, endpoint: Endpoint, form: OpenAiForm): JsonObject {
  const { input: asked, ...others } = source.body
  const rest = Object.entries(others).filter(([name, value]) => !ownFields.has(name) && value !== null)
  const word = form.purpose && (purposeWord(input.purpose, form.purpose.words) ?? form.purpose.usual)
  const { encodingField = 'encoding_format', dimensionsField = 'dimensions' } = form
  const namesEncoding = encodingField !== 'none' && (input.encoding === 'base64' || form.namesOnlyBase64 !== true)
  return {
    model: endpoint.upstreamModel,
    ...(asked !== undefined && { input: asked }),
    ...withoutOurs(Object.fromEntries(rest)),
    ...(form.inputs === 'jina' &&
      input.inputs.some(isParts) && { input: input.inputs.map((each) => jinaInput(each, endpoint.providerName)) }),
    ...(namesEncoding && { [encodingField]: input.encoding }),
    ...(input.dimensions !== undefined && { [dimensionsField]: input.dimensions }),
    ...(form.purpose !== undefined && word !== undefined && { [form.purpose.field]: word }),
    ...(form.user === true && context.upstreamUser !== undefined && { user: context.upstreamUser }),
  }
}

/** Reads `{data: [{index, embedding}], usage}`. Some leave out the index where it is the position. */
export function readReply(body: unknown, { reportsCost }: OpenAiForm): RawEmbeddings {
  if (!isObject(body) || !Array.isArray(body['data'])) throw new UnusableReply('sent a reply without embeddings')
  const vectors = arrayOf(body['data']).map((row, position) => {
    const embedding = objectOf(row)
    return { index: countOf(embedding?.['index']) ?? position, vector: embedding?.['embedding'] }
  })
  return { vectors, usage: decodeUsage(objectOf(body['usage']), reportsCost), upstreamId: stringOf(body['id']) }
}

/** Voyage and others have only `total_tokens`, which are those of the inputs. */
function decodeUsage(usage: JsonObject | undefined, reportsCost: true | undefined): Usage | undefined {
  const promptTokens = tokensOf(usage?.['prompt_tokens']) ?? tokensOf(usage?.['total_tokens'])
  if (usage === undefined || promptTokens === undefined) return undefined
  return { promptTokens, reportedCost: decodeReportedCost(usage, reportsCost && 'cost') }
}
