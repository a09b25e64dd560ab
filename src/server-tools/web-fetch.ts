import { type Static, Type } from 'typebox'
import type { FeatureContext } from '../canonical/feature-context.ts'
import type { NativeTool } from '../canonical/native-tool.ts'
import { estimateTokens } from '../canonical/prompt-tokens.ts'
import { dataNotice, readHere, readWithEngine, reasonOf, someHave, unusable } from '../canonical/search-web.ts'
import { domains, Domains, readingEngineNames } from '../canonical/settings/web-search.ts'
import { isWithin } from '../canonical/web-domains.ts'
import { cutText } from '../util/cut-text.ts'
import { stringOf } from '../util/json.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool, type ToolOutcome } from './server-tool.ts'

const parameters = {
  engine: nullish(
    Type.Enum(['auto', 'native', 'openrouter', ...readingEngineNames], {
      description:
        '`openrouter`: the gateway reads the page itself. `native`: only the provider. `auto`: the provider, or else the gateway.',
    }),
  ),
  max_uses: nullish(Type.Integer({ minimum: 1, description: 'Pages of one request; at most 50.' })),
  max_content_tokens: nullish(Type.Integer({ minimum: 1, description: 'Tokens of each page; 10,000 when absent.' })),
  allowed_domains: nullish(Domains),
  blocked_domains: nullish(Domains),
}
const Parameters = Type.Object(parameters)
type Parameters = Static<typeof Parameters>

/** The most pages of one request (contract §1.4). */
const mostPages = 50
const usualTokens = 10_000

/** Reads a page when the model asks for it (contract §1.4). */
export default defineServerTool({
  type: 'openrouter:web_fetch',
  title: 'WebFetchTool',
  description: 'The model may read an address.',
  parameters,
  open(parameters, context) {
    checkEngine(parameters, context)
    const most = Math.min(parameters.max_uses ?? mostPages, mostPages)
    let uses = 0
    return {
      function: {
        type: 'function',
        name: 'web_fetch',
        description: 'Reads a page of the web, and returns its text.',
        parameters: {
          type: 'object',
          properties: { url: { type: 'string', description: 'The address of the page, with http:// or https://.' } },
          required: ['url'],
          additionalProperties: false,
        },
        ...(!parameters.engine || parameters.engine === 'auto' || parameters.engine === 'native'
          ? { native: nativeFetch(parameters) }
          : {}),
      },
      async run(given, { signal }) {
        const url = stringOf(given['url'])?.trim() ?? ''
        if (parameters.engine === 'native') return failed(url, 'This endpoint cannot read pages.')
        if (uses >= most) return failed(url, 'The limit of pages is reached.')
        uses++
        try {
          return await fetchPage(url, parameters, context, signal)
        } catch (error) {
          signal.throwIfAborted()
          return failed(url, reasonOf(error))
        }
      },
    }
  },
})

/** @throws GatewayError 400 for an engine that cannot be used. */
function checkEngine(parameters: Parameters, { web, choices }: FeatureContext): void {
  const { engine } = parameters
  if (!engine || engine === 'auto' || engine === 'openrouter') return
  if (engine !== 'native') {
    const missing = web.missing(engine, 'read')
    if (missing !== null) throw unusable('tools', missing)
  } else if (!someHave(choices, nativeFetch(parameters))) {
    throw unusable('tools', 'No endpoint of the requested models reads pages itself. Choose another engine.')
  }
}

const nativeFetch = (parameters: Parameters): NativeTool => ({
  name: 'web_fetch',
  maxUses: Math.min(parameters.max_uses ?? mostPages, mostPages),
  maxContentTokens: parameters.max_content_tokens ?? undefined,
  allowedDomains: domains(parameters.allowed_domains),
  excludedDomains: domains(parameters.blocked_domains),
})

async function fetchPage(
  asked: string,
  parameters: Parameters,
  context: FeatureContext,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const isWanted = isWithin({
    allowedDomains: domains(parameters.allowed_domains),
    excludedDomains: domains(parameters.blocked_domains),
  })
  if (!isWithin({})(asked)) return failed(asked, 'The address must begin with http:// or https://.')
  if (!isWanted(asked)) return failed(asked, 'This address is not among those that may be read.')
  const { url, title, text } = await read(asked, parameters, context, signal)
  // A page may lead elsewhere.
  if (!isWanted(url)) return failed(asked, 'The page leads to an address that may not be read.')
  const retrievedAt = new Date(context.clock.now()).toISOString()
  return {
    status: 'completed',
    result: {
      url,
      title: title ?? '',
      notice: dataNotice,
      content: text,
      status: 'completed',
      retrieved_at: retrievedAt,
    },
    sources: [{ url, title: title ?? undefined }],
  }
}

async function read(
  url: string,
  { engine, max_content_tokens: tokens }: Parameters,
  context: FeatureContext,
  signal: AbortSignal,
): Promise<{ readonly url: string; readonly title: string | null; readonly text: string }> {
  const maxTokens = tokens ?? usualTokens
  if (!engine || engine === 'auto' || engine === 'openrouter') {
    return readHere(context, 'openrouter:web_fetch', url, maxTokens, signal)
  }
  const page = await readWithEngine(context, 'openrouter:web_fetch', engine, url, signal)
  return { url: page.url, title: page.title, text: cutToTokens(page.content, maxTokens) }
}

/** Cuts a text to about so many tokens, by the share of its own estimate. */
function cutToTokens(text: string, most: number): string {
  const tokens = estimateTokens(text)
  return tokens <= most ? text : `${cutText(text, Math.floor((text.length * most) / tokens))}\n\n[The page is longer.]`
}

const failed = (url: string, error: string): ToolOutcome => ({
  status: 'failed',
  result: { url: cutText(url, 2_048), status: 'failed', error },
})
