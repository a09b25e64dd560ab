import { randomUUID } from 'node:crypto'
import { cohereFailure, cohereTexts } from './cohere-embed.ts'
import { dimensionsOf, embedder, requiredText, textInput } from './embedder.ts'

/** Amazon Bedrock's InvokeModel, with the bodies of Titan and of Cohere: the one that is sent is the one that answers. */
export const bedrockInvoke = embedder({
  serves: (path) => path.endsWith('/invoke'),
  failure: cohereFailure,
  parse(body, path) {
    const model = decodeURIComponent(/\/model\/([^/]+)\/invoke/.exec(path)?.[1] ?? '')
    if (body['texts'] === undefined && body['inputs'] === undefined) {
      return {
        model,
        inputs: [textInput(requiredText(body['inputText'] ?? body['inputImage'], 'inputText'))],
        dimensions: dimensionsOf(body['dimensions'], 'dimensions'),
        reply: ([embedding], tokens) => ({ embedding, ...(tokens !== null && { inputTextTokenCount: tokens }) }),
      }
    }
    const texts = cohereTexts(body)
    return {
      model,
      inputs: texts.map(textInput),
      dimensions: dimensionsOf(body['output_dimension'], 'output_dimension'),
      reply: (vectors) => ({
        id: randomUUID(),
        texts,
        embeddings: { float: vectors },
        response_type: 'embeddings_by_type',
      }),
    }
  },
})
