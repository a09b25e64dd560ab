import { isObject, parseJson, stringOf } from '../util/json.ts'
import { fullMatch } from '../util/pattern.ts'
import { usual, without } from './parameters.ts'
import { type BroughtKey, defineProvider, keyFault, type KeyFault } from './provider.ts'

export default defineProvider({
  slug: 'cloudflare',
  name: 'Cloudflare',
  protocol: 'chat-completions',
  baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/v1',
  apiKeyVariables: ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY'],
  variables: ['CLOUDFLARE_ACCOUNT_ID'],
  readKey,
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://developers.cloudflare.com/workers-ai/platform/data-usage/',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'none' },
  supportedParameters: [...without(usual, 'structured_outputs', 'stop'), 'top_k', 'repetition_penalty'],
  services: { embeddings: [{ language: 'openai' }] },
  privacyPolicyUrl: 'https://www.cloudflare.com/privacypolicy/',
  termsOfServiceUrl: 'https://www.cloudflare.com/terms/',
  statusPageUrl: 'https://www.cloudflarestatus.com/',
  headquarters: 'US',
  documentation: 'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/',
})

/** Reads an API token with the account that it is for: the address names the account. */
function readKey(text: string): BroughtKey | KeyFault {
  const parsed = parseJson(text)
  const fields = isObject(parsed) ? parsed : {}
  const apiKey = stringOf(fields['api_key']) ?? ''
  const account = stringOf(fields['account_id']) ?? ''
  if (fullMatch(/^[!-~]{1,512}$/, apiKey) === null || fullMatch(/^[0-9a-f]{32}$/, account) === null) {
    return keyFault(
      'must be a JSON object {"api_key", "account_id"} with the 32 hexadecimal digits of a Cloudflare account.',
    )
  }
  return { type: 'key', apiKey, variables: { CLOUDFLARE_ACCOUNT_ID: account }, shown: apiKey }
}
