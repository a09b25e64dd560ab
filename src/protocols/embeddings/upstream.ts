import type { ServiceProtocols } from '../protocol.ts'
import { bedrockCohereEmbeddings, bedrockTitanEmbeddings } from './languages/bedrock.ts'
import { cohereEmbeddings } from './languages/cohere.ts'
import { googleEmbeddings } from './languages/google.ts'
import { openAiEmbeddings } from './languages/openai.ts'
import { vertexContentEmbeddings } from './languages/vertex-content.ts'
import { vertexEmbeddings } from './languages/vertex.ts'
import { voyageMultimodalEmbeddings } from './languages/voyage-multimodal.ts'

/** The upstream side of each language that embeds. */
export const embeddingsUpstreams: ServiceProtocols['embeddings'] = {
  openai: openAiEmbeddings,
  google: googleEmbeddings,
  vertex: vertexEmbeddings,
  'vertex-content': vertexContentEmbeddings,
  cohere: cohereEmbeddings,
  'voyage-multimodal': voyageMultimodalEmbeddings,
  'bedrock-titan': bedrockTitanEmbeddings,
  'bedrock-cohere': bedrockCohereEmbeddings,
}
