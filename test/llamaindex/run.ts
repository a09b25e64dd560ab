// Embeds through the gateway with LlamaIndex's client. It is not part of the usual tests, because the client has an installation of its own.
// `npm ci --prefix test/llamaindex --ignore-scripts && node test/llamaindex/run.ts`
import { isDeepStrictEqual } from 'node:util'
import { OpenAIEmbedding } from '@llamaindex/openai'
import { vectorOf } from '../../src/simulator/protocols/embeddings/vector.ts'
import { startGateway } from '../gateway.ts'

const texts = ['one two', 'three', 'four five six', 'seven', 'eight']
const gateway = await startGateway({
  models: {
    'acme/embed': { endpoints: [{ provider: 'prov-a', model: 'steady', operations: ['embeddings'], max_inputs: 2 }] },
  },
})
const client = (dimensions?: number) =>
  new OpenAIEmbedding({
    model: 'acme/embed',
    dimensions,
    apiKey: gateway.key,
    additionalSessionOptions: { baseURL: `${gateway.url}/api/v1` },
    maxRetries: 0,
  })
const results = {
  'several texts': isDeepStrictEqual(
    await client().getTextEmbeddings(texts),
    texts.map((text) => vectorOf(text, 16)),
  ),
  'one text': isDeepStrictEqual(await client().getTextEmbedding('one two'), vectorOf('one two', 16)),
  'a query, with dimensions': isDeepStrictEqual(await client(4).getTextEmbedding('three'), vectorOf('three', 4)),
}
await gateway.close()

for (const [name, isRight] of Object.entries(results))
  console.log(`LlamaIndex, ${name}: ${isRight ? 'right' : 'wrong'}`)
process.exitCode = Object.values(results).every(Boolean) ? 0 : 1
