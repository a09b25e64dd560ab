import { randomUUID } from 'node:crypto'
import { asString, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import type { Failure } from '../../reply-settings.ts'
import { dimensionsOf, embedder, requiredList, requiredText, textInput } from './embedder.ts'

const mostTexts = 96
const types = ['search_document', 'search_query', 'classification', 'clustering', 'image']

export const cohereFailure = ({ status, message }: Failure): { readonly message: string } => ({
  message: message ?? `The simulator was asked to answer with status ${status}.`,
})

/** Cohere's Embed API, version 2. */
export const cohereEmbed = embedder({
  serves: (path) => path.endsWith('/embed'),
  failure: cohereFailure,
  parse(body) {
    const model = requiredText(body['model'], 'model')
    const texts = cohereTexts(body)
    return {
      model,
      inputs: texts.map(textInput),
      dimensions: dimensionsOf(body['output_dimension'], 'output_dimension'),
      reply: (vectors, tokens) => ({
        id: randomUUID(),
        texts,
        embeddings: { float: vectors },
        response_type: 'embeddings_by_type',
        meta: { api_version: { version: '2' }, ...(tokens !== null && { billed_units: { input_tokens: tokens } }) },
      }),
    }
  },
})

/** Returns what is to be embedded: the texts, and inputs of several parts as their JSON. */
export function cohereTexts(body: JsonObject): readonly string[] {
  if (!types.includes(asString(body['input_type']) ?? '')) {
    throw new InvalidRequest(`"input_type" must be one of ${types.join(', ')}.`)
  }
  return body['inputs'] === undefined
    ? requiredList(body['texts'], 'texts', mostTexts).map((text) => requiredText(text, 'texts'))
    : requiredList(body['inputs'], 'inputs', mostTexts).map((input) => JSON.stringify(input))
}
