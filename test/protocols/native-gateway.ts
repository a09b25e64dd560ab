import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../choice-content.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'

/** The models by their providers, each a simulator that keeps to the rules of the vendor. */
const models = {
  openai: ['gpt-5', 'gpt-4o', 'gpt-4.1-nano', 'gpt-5-search-api'],
  azure: ['gpt-5'],
  anthropic: ['claude-sonnet-4-5'],
  'google-ai-studio': ['gemini-3.1-pro-preview', 'gemini-2.5-flash'],
  xai: ['grok-4.3'],
  perplexity: ['sonar-pro'],
  openrouter: ['acme/any'],
} as const

export interface Asked {
  readonly content: ChoiceContent
  readonly usage: Readonly<Record<string, unknown>>
  /** What reached the vendor for the reply that is not streamed. */
  readonly sent: Readonly<Record<string, unknown>>
  readonly path: string | undefined
}

export interface NativeGateway extends TestGateway {
  readonly upstream: Simulator
  /** Sends the request to a vendor's model twice, once as a stream, and expects the same answer and the same usage. */
  ask(model: string, body?: object): Promise<Asked>
}

/** Starts a gateway with the built-in providers of the vendors that have tools of their own. */
export async function startNativeGateway(config: Readonly<Record<string, unknown>> = {}): Promise<NativeGateway> {
  const upstream = await startSimulator()
  const address = (slug: string) => `${upstream.url}/${slug}/v1`
  const provider = (slug: string) => ({ base_url: address(slug), api_key: `upstream-secret-of-${slug}` })
  const plain = ['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { ...provider(slug), name: slug }])
  const gateway = await startGateway({
    ...config,
    providers: Object.fromEntries([...plain, ...Object.keys(models).map((slug) => [slug, provider(slug)])]),
    models: {
      ...Object.fromEntries(
        Object.entries(models).flatMap(([slug, names]) =>
          names.map((model) => [`${slug}/${model.replace('/', '-')}`, entry(slug, model)]),
        ),
      ),
      ...(config['models'] as object | undefined),
    },
  })
  return {
    ...gateway,
    upstream,
    async ask(model, body = {}) {
      upstream.clearJournal()
      const response = await gateway.chat({ model, ...body })
      const reply = Object(await response.json())
      if (response.status !== 200) throw new Error(JSON.stringify(reply))
      const [call] = upstream.journal()
      const { chunks, done } = await readStream(await gateway.chat({ model, stream: true, ...body }))
      const content = contentOfReply(reply.choices[0])
      const usage = chunks.at(-1)?.usage ?? {}
      const one = JSON.stringify([withoutIds(content), reply.usage])
      const other = JSON.stringify([withoutIds(contentOfStream(chunks)), usage])
      if (!done || one !== other) throw new Error(`The stream differs:\n${one}\n${other}`)
      return { content, usage, sent: Object(call?.body), path: call?.path }
    },
    async close() {
      await gateway.close()
      await upstream.close()
    },
  }
}

const entry = (provider: string, model: string) => ({
  reasoning: false,
  endpoints: [{ provider, model, pricing: { prompt: 1, completion: 2 } }],
})

const withoutIds = (content: ChoiceContent): ChoiceContent => ({
  ...content,
  toolCalls: content.toolCalls.map((call) => ({ ...call, id: '' })),
  reasoningDetails: content.reasoningDetails.map((detail) => ({ ...detail, id: null, tool_call_id: null })),
})

/** The plugin that searches once, with the provider's own search. */
export const webPlugin = (settings: object = {}) => ({ plugins: [{ id: 'web', engine: 'native', ...settings }] })

/** The server tools with the provider's own search and fetch. */
export const webSearch = (parameters: object = {}) => ({
  type: 'openrouter:web_search',
  parameters: { engine: 'native', ...parameters },
})
export const webFetch = (parameters: object = {}) => ({
  type: 'openrouter:web_fetch',
  parameters: { engine: 'native', ...parameters },
})

export const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}

/** Where the two citations of the simulator stand: they are for the whole text. */
export const cited = (text: string, more: object = {}) =>
  ['rivers', 'boats'].map((topic) => ({
    type: 'url_citation',
    url_citation: {
      url: `https://example.com/${topic}`,
      title: `About ${topic}`,
      start_index: 0,
      end_index: text.length,
      ...more,
    },
  }))
