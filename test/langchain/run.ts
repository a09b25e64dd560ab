// Decodes every reply of the simulator with LangChain's client. It is not part of the usual tests, because the client is large and has an
// installation of its own. `npm ci --prefix test/langchain --ignore-scripts && node test/langchain/run.ts`
import { ChatOpenRouter, OpenRouterError } from '@langchain/openrouter'
import { everyReply, type Outcome, startEveryReply } from '../e2e/clients/every-reply.ts'

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

const total = everyReply.length * 2
console.log(`LangChain decoded ${decoded} of ${total} replies.`)
process.exitCode = decoded === total ? 0 : 1
