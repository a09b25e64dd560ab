// Decodes every reply of the simulator with LangChain's clients. It is not part of the usual tests, because the clients are large and have an
// installation of their own. `npm ci --prefix test/langchain --ignore-scripts && node test/langchain/run.ts`
import { isDeepStrictEqual } from 'node:util'
import { ChatAnthropic } from '@langchain/anthropic'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { ChatOpenRouter, OpenRouterError } from '@langchain/openrouter'
import { everyReply, type Outcome, startEveryReply } from '../e2e/clients/every-reply.ts'
import { vectorOf } from '../../src/simulator/protocols/embeddings/vector.ts'
import { startGateway } from '../gateway.ts'
import { startGatewayOfAll } from '../protocols/languages/gateway-of-all.ts'
import { languageNames } from '../protocols/languages/languages.ts'

const gateway = await startEveryReply()

/** The client as the README shows it. */
const connect = (model: string) =>
  new ChatOpenRouter({
    model,
    apiKey: gateway.key,
    baseURL: `${gateway.url}/api/v1`,
    maxRetries: 0,
  })

/** An error of the gateway. Any other error is a failure to decode. */
function refusal(error: unknown): Outcome {
  if (!(error instanceof OpenRouterError) || error.statusCode === undefined) throw error
  return { status: error.statusCode }
}

const ask = (model: string): Promise<Outcome> =>
  connect(model)
    .invoke('hi')
    .then(() => 'answer', refusal)

async function listen(model: string): Promise<Outcome> {
  try {
    const [first, ...rest] = await Array.fromAsync(await connect(model).stream('hi'))
    rest.reduce((whole, chunk) => whole?.concat(chunk), first)
    return 'answer'
  } catch (error) {
    return refusal(error)
  }
}

/** This client does not know errors after the beginning of a reply, and takes them for the end of the answer. */
const visible = (outcome: Outcome): Outcome => (typeof outcome === 'object' && 'broken' in outcome ? 'answer' : outcome)

let decoded = 0
for (const { behaviour, model, json, stream } of everyReply) {
  for (const [form, call, expected] of [
    ['JSON', ask, json],
    ['stream', listen, stream],
  ] as const) {
    const outcome = await call(model).catch((error: unknown) => String(error))
    if (JSON.stringify(outcome) === JSON.stringify(visible(expected))) decoded++
    else
      console.error(
        `${behaviour} as ${form}: ${JSON.stringify(outcome)} instead of ${JSON.stringify(visible(expected))}`,
      )
  }
}
await gateway.close()

/* LangChain's clients of Anthropic and OpenAI, on their vendors' own surfaces, in front of every language. */

const all = await startGatewayOfAll({ steady: ['steady'], thinks: ['reasoning'], calls: ['tool-call'] })
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  },
]
const vendors = {
  messages: (model: string) =>
    new ChatAnthropic({ model, apiKey: all.key, anthropicApiUrl: `${all.url}/api`, maxRetries: 0, maxTokens: 500 }),
  responses: (model: string) =>
    new ChatOpenAI({
      model,
      apiKey: all.key,
      configuration: { baseURL: `${all.url}/api/v1` },
      useResponsesApi: true,
      zdrEnabled: true,
      maxRetries: 0,
    }),
}
let asked = 0
for (const [surface, open] of Object.entries(vendors)) {
  for (const language of languageNames) {
    for (const name of ['steady', 'thinks', 'calls']) {
      const client = open(`${language}/${name}`).bindTools(tools)
      asked++
      try {
        const whole = await client.invoke('hi')
        const [first, ...rest] = await Array.fromAsync(await client.stream('hi'))
        const streamed = rest.reduce((sum, chunk) => sum?.concat(chunk), first)
        const calls = [whole, streamed].map((message) => message?.tool_calls?.length ?? 0)
        if (whole.text !== streamed?.text || calls[0] !== calls[1]) throw new Error('The stream differs.')
        if ((name === 'calls') !== (calls[0] ?? 0) > 0) throw new Error(`There are ${calls[0]} calls.`)
        decoded++
      } catch (error) {
        console.error(`${surface} in front of ${language}/${name}: ${String(error)}`)
      }
    }
  }
}
await all.close()

/* Its embeddings, of texts and of a query, in batches that the gateway splits further. */

const texts = ['one two', 'three', 'four five six', 'seven', 'eight']
const embedding = await startGateway({
  models: {
    'acme/embed': { endpoints: [{ provider: 'prov-a', model: 'steady', operations: ['embeddings'], max_inputs: 2 }] },
  },
})
const embedder = new OpenAIEmbeddings({
  model: 'acme/embed',
  dimensions: 8,
  batchSize: 3,
  apiKey: embedding.key,
  configuration: { baseURL: `${embedding.url}/api/v1` },
  maxRetries: 0,
})
for (const [name, got, expected] of [
  ['texts', () => embedder.embedDocuments(texts), texts.map((text) => vectorOf(text, 8))],
  ['a query', () => embedder.embedQuery('one two'), vectorOf('one two', 8)],
] as const) {
  asked++
  const vectors: unknown = await got().catch(String)
  if (isDeepStrictEqual(vectors, expected)) decoded++
  else console.error(`embeddings of ${name}: ${JSON.stringify(vectors).slice(0, 200)}`)
}
await embedding.close()

const total = everyReply.length * 2 + asked
console.log(`LangChain decoded ${decoded} of ${total} replies.`)
process.exitCode = decoded === total ? 0 : 1
