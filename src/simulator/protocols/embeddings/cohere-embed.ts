import { randomUUID } from 'node:crypto'
import { asString } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import type { Failure } from '../../reply-settings.ts'
import { dimensionsOf, embedder, requiredList, requiredText, textInput } from './embedder.ts'

const mostTexts = 96
const types = ['search_document', 'search_query', 'classification', 'clustering', 'image']

export const cohereFailure = ({ status, message }: Failure): object => ({
  message: message ?? `The simulator was asked to answer with status ${status}.`,
})

/** Cohere's Embed API, version 2. */
export const cohereEmbed = embedder({
  serves: (path) => path.endsWith('/embed'),
  failure: cohereFailure,
  parse(body) {
    const model = requiredText(body['model'], 'model')
    checkType(body['input_type'])
    const texts =
      body['inputs'] === undefined
        ? requiredList(body['texts'], 'texts', mostTexts).map((text) => requiredText(text, 'texts'))
        : requiredList(body['inputs'], 'inputs', mostTexts).map((input) => JSON.stringify(input))
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

export function checkType(type: unknown): void {
  if (types.includes(asString(type) ?? '')) return
  throw new InvalidRequest(`"input_type" must be one of ${types.join(', ')}.`)
}
