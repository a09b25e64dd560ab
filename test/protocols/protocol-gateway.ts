import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { readStream } from '../sse.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../choice-content.ts'

/** A gateway with a provider of one native protocol: a simulator that enforces that protocol's rules. */
export interface ProtocolGateway extends TestGateway {
  readonly upstream: Simulator
  /** Sends the request to `test/<name>` twice, once as a stream, and expects the same content. */
  ask(
    name: string,
    more?: object,
  ): Promise<{ readonly received: ChoiceContent; readonly reply: Readonly<Record<string, unknown>> }>
  /** Returns the bodies that reached the upstream since the journal was cleared, the oldest first. */
  sent(): readonly Readonly<Record<string, unknown>>[]
}

/**
 * Starts such a gateway.
 * @param models For each model `test/<name>` its behaviour, or the differences of its entry.
 * @param config Further sections of the configuration.
 */
export async function startProtocolGateway(
  protocol: string,
  models: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>,
  config: Readonly<Record<string, unknown>> = {},
): Promise<ProtocolGateway> {
  const upstream = await startSimulator()
  const provider = (slug: string) => ({
    name: `Prov ${slug.slice(-1).toUpperCase()}`,
    protocol,
    base_url: `${upstream.url}/${slug}/v9`,
    api_key: `upstream-secret-of-${slug}`,
  })
  const entry = (name: string, how: string | Readonly<Record<string, unknown>>) => {
    const { model = name, ...more } = typeof how === 'string' ? { model: how } : how
    const endpoint = { provider: 'prov-a', model, pricing: { prompt: 1, completion: 2, input_cache_read: 0.5 } }
    return { input_modalities: ['text', 'image', 'file', 'audio', 'video'], endpoints: [endpoint], ...more }
  }
  const gateway = await startGateway({
    ...config,
    providers: Object.fromEntries(['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, provider(slug)])),
    models: Object.fromEntries(Object.entries(models).map(([name, how]) => [`test/${name}`, entry(name, how)])),
  })
  return {
    ...gateway,
    upstream,
    async ask(name, more = {}) {
      const body = { model: `test/${name}`, ...more }
      const response = await gateway.chat(body)
      const reply = Object(await response.json())
      if (response.status !== 200) throw new Error(JSON.stringify(reply))
      const { chunks, done } = await readStream(await gateway.chat({ ...body, stream: true }))
      const received = contentOfReply(reply.choices[0])
      const streamed = contentOfStream(chunks)
      const difference = [withoutIds(received), withoutIds(streamed)].map((value) => JSON.stringify(value))
      if (!done || difference[0] !== difference[1]) throw new Error(`The stream differs: ${difference.join('\n')}`)
      return { received, reply }
    },
    sent: () => upstream.journal().map(({ body }) => Object(body)),
    async close() {
      await gateway.close()
      await upstream.close()
    },
  }
}

/** The ids of each answer are new. */
function withoutIds(received: ChoiceContent): ChoiceContent {
  return {
    ...received,
    toolCalls: received.toolCalls.map((call) => ({ ...call, id: '' })),
    reasoningDetails: received.reasoningDetails.map((detail) => ({ ...detail, id: null, data: undefined })),
  }
}
