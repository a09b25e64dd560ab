import { builtInProviders } from '../../../src/gateway.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'
import { asObject, scriptedUpstream } from '../../acceptance/exchange.ts'
import { readStream } from '../../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../../choice-content.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * Gateways in front of one upstream with scripted replies, one for each built-in provider: the effect of a provider's file is tested from
 * outside.
 */
export interface ScriptedVendors extends TestGateway {
  /** Returns the upstream's request for a request to `test/<slug>`. */
  sent(slug: string, body: Json): Promise<Json>
  /** Sets the message of the upstream's only choice or, for a stream, the pieces of it. */
  replyWith(pieces: readonly Json[], finish?: string, more?: Json): void
  /** Sets the chunks of a stream, which are sent unchanged. */
  replyWithChunks(chunks: readonly Json[]): void
  /** Returns the content of the answer of `test/<slug>`, streamed or not. */
  received(slug: string, stream: boolean, body?: Json): Promise<ChoiceContent>
}

/** @param extra Further fields of the endpoint of each provider. */
export async function startScriptedVendors(extra: Readonly<Record<string, Json>> = {}): Promise<ScriptedVendors> {
  let pieces: readonly Json[] = [{ content: 'Yes.' }]
  let finish = 'stop'
  let asIs: readonly Json[] | null = null
  let more: Json = {}
  const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
  const upstream = await scriptedUpstream(() => {
    if (upstream.lastRequest()['stream'] !== true) {
      const [message] = pieces
      return { body: { id: 'x', choices: [{ index: 0, message, finish_reason: finish }], usage, ...more } }
    }
    const chunks = asIs ?? [
      ...pieces.map((delta) => ({ id: 'x', choices: [{ index: 0, delta, finish_reason: null }] })),
      { id: 'x', choices: [{ index: 0, delta: {}, finish_reason: finish }], usage, ...more },
    ]
    return {
      body: [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join(''),
    }
  })
  const slugs = [...builtInProviders.map(({ slug }) => slug), 'prov-a', 'prov-b', 'prov-c']
  const gateway = await startGateway({
    providers: Object.fromEntries(slugs.map((slug) => [slug, { base_url: upstream.url, api_key: 'k' }])),
    models: Object.fromEntries(
      slugs.map((provider) => {
        const { model = 'm', ...fields } = extra[provider] ?? {}
        const endpoint = { provider, model, pricing: { prompt: 1, completion: 2 }, ...fields }
        return [`test/${provider}`, { endpoints: [endpoint] }]
      }),
    ),
  })
  return {
    ...gateway,
    async sent(slug, body) {
      const response = await gateway.chat({ model: `test/${slug}`, ...body })
      if (response.status !== 200) throw new Error(await response.text())
      await response.text()
      return asObject(upstream.lastRequest())
    },
    replyWith(given, ending = 'stop', beside = {}) {
      asIs = null
      pieces = given
      finish = ending
      more = beside
    },
    replyWithChunks(chunks) {
      asIs = chunks
    },
    async received(slug, stream, body = {}) {
      const response = await gateway.chat({ model: `test/${slug}`, stream, ...body })
      if (stream) return contentOfStream((await readStream(response)).chunks)
      return contentOfReply(Object(await response.json()).choices[0])
    },
    async close() {
      await gateway.close()
      await upstream.close()
    },
  }
}
