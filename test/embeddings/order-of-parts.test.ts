import { createServer, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { startGateway } from '../gateway.ts'
import { listen } from '../listen.ts'

/** Starts a provider that answers the first call only when it has answered all others. */
async function lateFirst(calls: number, answer: (body: Record<string, unknown>) => object): Promise<string> {
  let answered = 0
  let first: (() => void) | null = null
  const send = (response: ServerResponse, body: Record<string, unknown>): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(body)))
    answered++
    if (answered === calls - 1) first?.()
  }
  let received = 0
  const server = createServer((request, response) => {
    const isFirst = received++ === 0
    const pieces: Buffer[] = []
    request
      .on('data', (piece: Buffer) => pieces.push(piece))
      .on('end', () => {
        const body = JSON.parse(Buffer.concat(pieces).toString())
        if (isFirst && answered < calls - 1) first = () => send(response, body)
        else send(response, body)
      })
  })
  return `${await listen(server)}/v1`
}

const atProvider = (base_url: string) =>
  Object.fromEntries(['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { base_url }]))

test('the vectors of a batch in parts are in the order of the inputs, whichever part is answered first', async () => {
  const inputs = Array.from({ length: 11 }, (_, index) => String(index))
  const url = await lateFirst(6, ({ input }) => ({
    object: 'list',
    model: 'e',
    data: [input].flat().map((text, index) => ({ object: 'embedding', index, embedding: [Number(text)] })),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  }))
  const endpoint = { provider: 'prov-a', model: 'e', operations: ['embeddings'], pricing: { prompt: 1 }, max_inputs: 2 }
  const gateway = await startGateway({
    providers: atProvider(url),
    models: { 'acme/embed': { endpoints: [endpoint] } },
  })
  onTestFinished(() => gateway.close())
  const reply = await gateway.post('/api/v1/embeddings', { model: 'acme/embed', input: inputs })
  const { data } = Object(await reply.json())
  expect(data).toEqual(inputs.map((text, index) => ({ object: 'embedding', index, embedding: [Number(text)] })))
})
