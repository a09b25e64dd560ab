import { randomUUID } from 'node:crypto'
import type { Failure } from '../../reply-settings.ts'
import { checkType } from './cohere-embed.ts'
import { dimensionsOf, embedder, requiredList, requiredText, textInput } from './embedder.ts'

const mostTexts = 96

/** Amazon Bedrock's InvokeModel, with the bodies of Titan and of Cohere: the one that is sent is the one that answers. */
export const bedrockInvoke = embedder({
  serves: (path) => path.endsWith('/invoke'),
  failure: ({ status, message }: Failure) => ({
    message: message ?? `The simulator was asked to answer with status ${status}.`,
  }),
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
    checkType(body['input_type'])
    const texts =
      body['inputs'] === undefined
        ? requiredList(body['texts'], 'texts', mostTexts).map((text) => requiredText(text, 'texts'))
        : requiredList(body['inputs'], 'inputs', mostTexts).map((input) => JSON.stringify(input))
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
