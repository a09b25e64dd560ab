import { isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { openaiFailure } from '../openai-failure.ts'
import { dimensionsOf, embedder, type Input, requiredText, textInput } from './embedder.ts'
import { base64Of } from './vector.ts'

const mostInputs = 2_048

/** OpenAI's embeddings, with the fields of Jina and Voyage for the encoding and the length. */
export const openaiEmbeddings = embedder({
  serves: (path) => path.endsWith('/embeddings'),
  failure: openaiFailure,
  parse(body) {
    const model = requiredText(body['model'], 'model')
    const encoding = body['encoding_format'] ?? body['embedding_type'] ?? 'float'
    if (encoding !== 'float' && encoding !== 'base64')
      throw new InvalidRequest('"encoding_format" must be float or base64.')
    return {
      model,
      inputs: inputsOf(body['input']),
      dimensions: dimensionsOf(body['dimensions'] ?? body['output_dimension'], 'dimensions'),
      reply: (vectors, tokens) => ({
        object: 'list',
        data: vectors.map((vector, index) => ({
          object: 'embedding',
          index,
          embedding: encoding === 'base64' ? base64Of(vector) : vector,
        })),
        model,
        ...(tokens !== null && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
      }),
    }
  },
})

function inputsOf(input: unknown): readonly Input[] {
  if (typeof input === 'string' && input !== '') return [textInput(input)]
  if (!Array.isArray(input) || input.length === 0) throw new InvalidRequest('"input" must be a text or a list.')
  if (input.every(isTokenId)) return [idsInput(input)]
  if (input.length > mostInputs)
    throw new InvalidRequest(`"input" may have at most ${mostInputs} items, not ${input.length}.`)
  return input.map((each: unknown, index) => {
    if (typeof each === 'string' && each !== '') return textInput(each)
    if (Array.isArray(each) && each.length > 0 && each.every(isTokenId)) return idsInput(each)
    if (isObject(each)) return objectInput(each)
    throw new InvalidRequest(`"input[${index}]" must be a text that is not empty, a list of token ids, or an object.`)
  })
}

const isTokenId = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)
const idsInput = (ids: readonly number[]): Input => ({ text: ids.join(' '), tokens: ids.length })
const objectInput = (object: JsonObject): Input => textInput(JSON.stringify(object))
