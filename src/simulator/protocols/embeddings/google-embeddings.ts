import { asArray, asString, isObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { generateContent } from '../generate-content/generate-content.ts'
import { dimensionsOf, embedder, requiredList, requiredText, textInput } from './embedder.ts'

const mostRequests = 100
const mostInstances = 250

const modelIn = (path: string): string => decodeURIComponent(/\/models\/([^/:]+):/.exec(path)?.[1] ?? '')

/** The Gemini API's batchEmbedContents. */
export const batchEmbedContents = embedder({
  serves: (path) => path.endsWith(':batchEmbedContents'),
  failure: generateContent.failure,
  parse(body, path) {
    const model = modelIn(path)
    const requests = requiredList(body['requests'], 'requests', mostRequests).map((request) => {
      const fields = isObject(request) ? request : {}
      if (fields['model'] !== `models/${model}`)
        throw new InvalidRequest('Each request must name the model of the path.')
      return {
        text: textOf(fields['content']),
        dimensions: dimensionsOf(fields['outputDimensionality'], 'outputDimensionality'),
      }
    })
    return {
      model,
      inputs: requests.map(({ text }) => textInput(text)),
      dimensions: requests[0]?.dimensions ?? null,
      reply: (vectors, tokens) => ({
        embeddings: vectors.map((values) => ({ values })),
        ...(tokens !== null && { usageMetadata: { promptTokenCount: tokens } }),
      }),
    }
  },
})

/** Vertex AI's embedContent, for one content. */
export const vertexEmbedContent = embedder({
  serves: (path) => path.endsWith(':embedContent'),
  failure: generateContent.failure,
  parse(body, path) {
    const config = isObject(body['embedContentConfig']) ? body['embedContentConfig'] : {}
    return {
      model: modelIn(path),
      inputs: [textInput(textOf(body['content']))],
      dimensions: dimensionsOf(config['outputDimensionality'], 'outputDimensionality'),
      reply: ([values], tokens) => ({
        embedding: { values },
        truncated: false,
        ...(tokens !== null && { usageMetadata: { promptTokenCount: tokens } }),
      }),
    }
  },
})

function textOf(content: unknown): string {
  const parts = asArray(isObject(content) ? content['parts'] : undefined)
  if (parts.length === 0) throw new InvalidRequest('"content.parts" must not be empty.')
  return parts.map((part) => (isObject(part) ? (asString(part['text']) ?? JSON.stringify(part)) : '')).join(' ')
}

/** Vertex AI's predict for embedding models. */
export const vertexPredict = embedder({
  serves: (path) => path.endsWith(':predict'),
  failure: generateContent.failure,
  parse(body, path) {
    const inputs = requiredList(body['instances'], 'instances', mostInstances).map((instance) =>
      textInput(requiredText(isObject(instance) ? instance['content'] : undefined, 'content')),
    )
    const parameters = isObject(body['parameters']) ? body['parameters'] : {}
    return {
      model: modelIn(path),
      inputs,
      dimensions: dimensionsOf(parameters['outputDimensionality'], 'outputDimensionality'),
      reply: (vectors, tokens) => ({
        predictions: vectors.map((values, index) => ({
          embeddings: {
            values,
            ...(tokens !== null && { statistics: { token_count: inputs[index]?.tokens ?? 0, truncated: false } }),
          },
        })),
      }),
    }
  },
})
