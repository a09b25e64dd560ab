import type { ProviderNativeTool } from '../catalog/offered-provider.ts'
import type { UpstreamLanguage } from '../protocols/protocol.ts'

/**
 * The built-in tools of the vendors, as their languages express them. A provider's file adds the models that have them and the prices.
 * Each `type` is the version that needs no other tool and no opt-in.
 */

/**
 * The newer versions of the search filter with code that Claude writes, and need its code execution.
 * Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool
 */
export const claudeSearch = {
  name: 'web_search',
  type: 'web_search_20250305',
  domains: 'either',
  paths: true,
} as const satisfies ProviderNativeTool

/** Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool */
export const claudeFetch = {
  name: 'web_fetch',
  type: 'web_fetch_20250910',
  domains: 'either',
  paths: true,
} as const satisfies ProviderNativeTool

/** Source: https://developers.openai.com/api/docs/guides/tools-web-search */
export const openAiSearch = {
  name: 'web_search',
  type: 'web_search',
  domains: 'allowed',
  mostDomains: 100,
} as const satisfies ProviderNativeTool

/**
 * The models of chat-completions that search for each request.
 * Source: https://developers.openai.com/api/docs/guides/tools-web-search
 */
export const searchOptions = { name: 'web_search', type: 'web_search_options' } as const satisfies ProviderNativeTool

/**
 * It cannot filter domains (contract §1.3). Before Gemini 3 neither functions nor JSON are possible beside it. Since then functions are, but
 * only where the next request returns what Google's tools did, which has no place in a conversation here.
 * Sources: https://ai.google.dev/gemini-api/docs/google-search, https://ai.google.dev/gemini-api/docs/tool-combination
 */
const googleSearch = {
  name: 'web_search',
  type: 'google_search',
  besideFunctions: false,
} as const satisfies ProviderNativeTool

/** Source: https://ai.google.dev/gemini-api/docs/url-context */
const urlContext = {
  name: 'web_fetch',
  type: 'url_context',
  besideFunctions: false,
} as const satisfies ProviderNativeTool

const gemini2 = /^gemini-2\.[0-9]-(pro|flash)(-lite)?(-exp|-preview)?(-[0-9]{2,3})?(-[0-9]{2,4})?$/
const gemini25 = /^gemini-2\.5-(pro|flash)(-lite)?(-exp|-preview)?(-[0-9]{2,3})?(-[0-9]{2,4})?$/

/**
 * The tools of Gemini, which are the same at Google's two hosts: 35 USD per 1,000 answers that rest on searches, since Gemini 3 14 USD per 1,000
 * searches. Sources: https://ai.google.dev/gemini-api/docs/pricing, https://cloud.google.com/vertex-ai/generative-ai/pricing
 */
export const geminiTools: readonly ProviderNativeTool[] = [
  { ...googleSearch, models: gemini2, besideJson: false, pricing: { webSearch: 0.035 } },
  { ...googleSearch, models: /^gemini-(?!1|2|embedding|.*-tts)/, pricing: { webSearch: 0.014 } },
  { ...urlContext, models: gemini25, besideJson: false },
  { ...urlContext, models: /^gemini-(?!1|2|embedding|.*-(image|tts))/ },
]

/** How an operator's own endpoint that names a tool is asked for it: in the words of the vendor whose protocol it has. */
export const toolsOfLanguage: Readonly<Partial<Record<UpstreamLanguage, readonly ProviderNativeTool[]>>> = {
  'chat-completions': [searchOptions],
  messages: [claudeSearch, claudeFetch],
  responses: [openAiSearch],
  'generate-content': [googleSearch, urlContext],
}
