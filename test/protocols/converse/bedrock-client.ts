import { request } from 'node:http'
import { once } from 'node:events'
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  type ContentBlock,
  type ContentBlockDelta,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type TokenUsage,
} from '@aws-sdk/client-bedrock-runtime'

/** A request of the SDK, ready to be sent. */
export interface OutgoingRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

type Answer = { readonly statusCode: number; readonly headers: Record<string, string>; readonly body: unknown }

/** Creates AWS's own client. By default it uses HTTP/2, which nothing here supports. */
export function bedrockClient(answer: (request: OutgoingRequest) => Promise<Answer>): BedrockRuntimeClient {
  const requestHandler: BedrockRuntimeClientConfig['requestHandler'] = {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle({ path, headers, body }: { path: string; headers: Record<string, string>; body?: unknown }) {
      const text = ArrayBuffer.isView(body)
        ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
        : String(body)
      return { response: await answer({ path, headers, body: text }) }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
  return new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    authSchemePreference: ['aws.auth#sigv4'],
    maxAttempts: 1,
    requestHandler,
  })
}

/** Creates AWS's own client of a server at this address. */
export const bedrockAt = (url: string): BedrockRuntimeClient =>
  bedrockClient(async ({ path, headers, body }) => {
    const outgoing = request(url + path, { method: 'POST', headers: { ...headers, host: new URL(url).host } })
    outgoing.end(body)
    const [incoming] = await once(outgoing, 'response')
    return { statusCode: incoming.statusCode, headers: incoming.headers, body: incoming }
  })

/** Returns the answer as AWS's client decoded it. */
export interface Understood {
  text: string
  reasoning: string
  signature: string
  calls: { id: string; name: string; arguments: unknown }[]
  citations: (string | undefined)[]
  stopReason: string | undefined
  usage: TokenUsage | undefined
}

const nothing = (): Understood => ({
  text: '',
  reasoning: '',
  signature: '',
  calls: [],
  citations: [],
  stopReason: undefined,
  usage: undefined,
})

export async function converse(client: BedrockRuntimeClient, input: ConverseCommandInput): Promise<Understood> {
  const { output, stopReason, usage } = await client.send(new ConverseCommand(input))
  const understood = { ...nothing(), stopReason, usage }
  for (const block of output?.message?.content ?? []) addBlock(understood, block)
  return understood
}

function addBlock(understood: Understood, block: ContentBlock): void {
  understood.text += block.text ?? block.citationsContent?.content?.map(({ text }) => text).join('') ?? ''
  understood.reasoning += block.reasoningContent?.reasoningText?.text ?? ''
  understood.signature += block.reasoningContent?.reasoningText?.signature ?? ''
  for (const citation of block.citationsContent?.citations ?? []) understood.citations.push(citation.location?.web?.url)
  if (block.toolUse === undefined) return
  const { toolUseId = '', name = '', input } = block.toolUse
  understood.calls.push({ id: toolUseId, name, arguments: input })
}

export async function converseStream(client: BedrockRuntimeClient, input: ConverseCommandInput): Promise<Understood> {
  const { stream } = await client.send(new ConverseStreamCommand(input))
  const understood = nothing()
  const inputs = new Map<number, string>()
  const calls = new Map<number, { id: string; name: string }>()
  for await (const event of stream ?? []) {
    const { contentBlockStart: start, contentBlockDelta: said } = event
    const begun = start?.start?.toolUse
    if (begun !== undefined) {
      calls.set(start?.contentBlockIndex ?? 0, { id: begun.toolUseId ?? '', name: begun.name ?? '' })
    }
    if (said?.delta !== undefined) addDelta(understood, inputs, said.contentBlockIndex ?? 0, said.delta)
    understood.stopReason ??= event.messageStop?.stopReason
    understood.usage ??= event.metadata?.usage
  }
  understood.calls = [...calls].map(([index, call]) => ({ ...call, arguments: JSON.parse(inputs.get(index) ?? '{}') }))
  return understood
}

function addDelta(understood: Understood, inputs: Map<number, string>, index: number, delta: ContentBlockDelta): void {
  understood.text += delta.text ?? ''
  understood.reasoning += delta.reasoningContent?.text ?? ''
  understood.signature += delta.reasoningContent?.signature ?? ''
  if (delta.citation !== undefined) understood.citations.push(delta.citation.location?.web?.url)
  if (delta.toolUse !== undefined) inputs.set(index, (inputs.get(index) ?? '') + (delta.toolUse.input ?? ''))
}
