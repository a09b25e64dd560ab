import { googleToken } from '../upstream/sign/google-token.ts'
import { isObject, parseJson, stringOf } from '../util/json.ts'
import { fullMatch } from '../util/pattern.ts'
import { claudeSearch, geminiTools } from './native-tools.ts'
import { logprobs, usual } from './parameters.ts'
import { type BroughtKey, defineProvider, keyFault, type KeyFault } from './provider.ts'
import { googleMedia } from './services.ts'

export default defineProvider({
  slug: 'google-vertex',
  name: 'Google Vertex',
  protocol: 'generate-content',
  dialects: [{ models: /^claude-/, protocol: 'messages', quirks: { host: 'vertex' } }],
  baseUrl: 'https://{host}/v1/projects/{GOOGLE_VERTEX_PROJECT}/locations/{GOOGLE_VERTEX_LOCATION}',
  variables: ['GOOGLE_VERTEX_PROJECT', 'GOOGLE_VERTEX_LOCATION'],
  variableDefaults: { GOOGLE_VERTEX_LOCATION: 'global' },
  addressParts: ({ GOOGLE_VERTEX_LOCATION: location = '' }) => ({ host: hostOf(location) }),
  // A JSON document with credentials, or an API key.
  apiKeyVariables: ['GOOGLE_VERTEX_CREDENTIALS', 'GOOGLE_VERTEX_API_KEY'],
  credentialVariables: [['GOOGLE_APPLICATION_CREDENTIALS']],
  optionalVariables: ['GCE_METADATA_HOST'],
  sign: googleToken(),
  readKey,
  dataPolicy: {
    training: false,
    // A project that turned off caching and abuse monitoring has no retention. The operator can set this with `data_policy` in the
    // configuration.
    retention: 'unknown',
    source: 'https://docs.cloud.google.com/gemini-enterprise-agent-platform/resources/zero-data-retention',
    asOf: '2026-11-20',
  },
  quirks: { host: 'vertex', serviceTier: true },
  nativeTools: [
    ...geminiTools,
    // Only the search, and only for Claude 4 and later:
    // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/web-search
    { ...claudeSearch, models: /^claude-(opus|sonnet|haiku|fable)-\d/, pricing: { webSearch: 0.01 } },
  ],
  supportedParameters: [...usual, ...logprobs, 'top_k'],
  // The comment on `abortSignal` in Google's SDK states that the request continues and is charged: https://googleapis.github.io/js-genai.
  cancels: false,
  services: {
    ...googleMedia,
    // Gemini's models embed one text a call, the others 250:
    // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-text-embeddings
    // Which models have `embedContent` is a rule of Google's SDK: https://github.com/googleapis/js-genai/blob/main/src/_transformers.ts
    embeddings: [
      { models: /^gemini-embedding-001$/, language: 'vertex', maxInputs: 1 },
      { models: /gemini|maas/, language: 'vertex-content', maxInputs: 1 },
      { language: 'vertex', maxInputs: 250 },
    ],
  },
  privacyPolicyUrl: 'https://cloud.google.com/terms/cloud-privacy-notice',
  termsOfServiceUrl: 'https://cloud.google.com/terms',
  statusPageUrl: 'https://status.cloud.google.com/',
  headquarters: 'US',
  documentation: 'https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
})

/** Returns the host of a location. Regions have hosts of their own, and so do the multi-regions `us` and `eu`; `global` has none. */
function hostOf(location: string): string {
  if (location === 'global') return 'aiplatform.googleapis.com'
  if (location === 'us' || location === 'eu') return `aiplatform.${location}.rep.googleapis.com`
  return `${location}-aiplatform.googleapis.com`
}

/**
 * Reads the key of a service account, with the field `region` beside Google's own (contract §6.17). Only what signing needs is taken over:
 * other kinds of credentials name files and addresses, and so does `token_uri`, and a client may not make the gateway read or call those.
 */
function readKey(text: string): BroughtKey | KeyFault {
  const parsed = parseJson(text)
  const fields = isObject(parsed) ? parsed : {}
  const email = stringOf(fields['client_email'])
  const privateKey = stringOf(fields['private_key'])
  const project = stringOf(fields['project_id'])
  const location = stringOf(fields['region']) ?? 'global'
  if (
    fields['type'] !== 'service_account' ||
    !email ||
    !privateKey ||
    project === undefined ||
    fullMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, project) === null ||
    fullMatch(/^[a-z]+(-[a-z]+\d{1,2})?$/, location) === null
  ) {
    return keyFault(
      'must be the JSON key of a service account of Google (type, project_id, client_email, private_key), and may have a field region such as europe-west1.',
    )
  }
  return {
    type: 'key',
    apiKey: JSON.stringify({
      type: 'service_account',
      client_email: email,
      private_key: privateKey,
      private_key_id: stringOf(fields['private_key_id']),
    }),
    variables: { GOOGLE_VERTEX_PROJECT: project, GOOGLE_VERTEX_LOCATION: location },
    shown: stringOf(fields['private_key_id']) ?? '',
  }
}
