import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ByokKey } from '../canonical/byok-key.ts'
import { buildCatalog } from '../catalog/build-catalog.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import { providers } from '../providers/_registry.ts'
import { Secret } from '../util/secret.ts'
import { createByokOffers } from './byok-offers.ts'
import { type KeyedProviders, providerFault, readByokKey } from './read-byok-key.ts'

const keyed: KeyedProviders = {
  builtIn: new Map(providers.map((provider) => [provider.slug, provider])),
  configured: new Map(),
}
const caller = { account: 'default', keyHash: 'h' }

const byokKey = (provider: string, secret: object | string): ByokKey => ({
  id: 'key-1',
  account: 'default',
  provider,
  secret: new Secret(typeof secret === 'string' ? secret : JSON.stringify(secret)),
  isFallback: false,
  isRequired: false,
  isByokOnly: false,
  declaredZdr: null,
  allowedModels: null,
  allowedApiKeyHashes: null,
  allowedUserIds: null,
})

function endpointAt(provider: string, model = 'acme/m1', upstreamModel = 'up'): Endpoint {
  const entries = [
    { slug: model, endpoints: [{ provider, model: upstreamModel, pricing: { prompt: 1, completion: 2 } }] },
  ]
  const offered = { slug: provider, name: provider, dataPolicy: { training: true, retention: 'unknown' } as const }
  const catalog = buildCatalog({ entries, overrides: [], providers: [{ ...offered, operations: ['chat'] }] })
  const [endpoint] = catalog.models.get(model)?.endpoints ?? []
  if (endpoint === undefined) throw new Error('no endpoint')
  return endpoint
}

/** What a call to an endpoint with this key looks like: its address, its headers, and the model that it asks for. */
async function callWith(provider: string, secret: object | string, model?: string, settings = keyed) {
  const key = byokKey(provider, secret)
  const offers = createByokOffers(settings, () => [key])
  const [own] = offers.ownKeys(caller)?.(provider) ?? []
  const endpoint = own?.copyOf(endpointAt(provider, model)) ?? null
  if (own === undefined || endpoint === null) return null
  const called = offers.provider({ endpoint, credential: own.reference })
  const [credential] = called?.credentials ?? []
  if (called === undefined || credential === undefined) return null
  const origin = new URL(called.baseUrl).origin
  const headers = await called.sign(
    { method: 'POST', origin, path: '/x', headers: { 'content-type': 'application/json' }, body: '{}' },
    { apiKey: credential.apiKey, variables: called.variables },
    {
      now: () => Date.UTC(2026, 10, 29),
      exchange: (request) => Promise.resolve({ status: 200, body: { access_token: `token from ${request.url}` } }),
    },
  )
  return { address: called.baseUrl, headers, model: endpoint.upstreamModel, dialects: called.dialects.length }
}

describe('contract §6.17: the forms of keys', () => {
  test('an API key is sent as the provider wants it', async () => {
    expect(await callWith('groq', 'gsk-1')).toMatchObject({
      address: 'https://api.groq.com/openai/v1',
      headers: { authorization: 'Bearer gsk-1' },
    })
    expect(await callWith('anthropic', 'sk-ant-1')).toMatchObject({ headers: { 'x-api-key': 'sk-ant-1' } })
    expect(await callWith('google-ai-studio', ' AIza-1\n')).toMatchObject({ headers: { 'x-goog-api-key': 'AIza-1' } })
  })

  test('Azure: a resource of either kind', async () => {
    const resource = { api_key: 'az-1', resource_name: 'our-resource' }
    const address = 'https://our-resource.openai.azure.com/openai/v1'
    expect(await callWith('azure', [{ ...resource, resource_type: 'openai' }])).toMatchObject({
      address,
      headers: { 'api-key': 'az-1' },
      model: 'up',
    })
    expect(await callWith('azure', resource)).toMatchObject({ address })
    expect(await callWith('azure', [{ ...resource, resource_type: 'ai_foundry' }])).toMatchObject({
      address: 'https://our-resource.services.ai.azure.com/openai/v1',
    })
  })

  test('Azure: deployments with addresses of their own serve their models alone', async () => {
    const deployment = (model: string, id: string) => ({
      model_slug: model,
      endpoint_url: `https://ours.openai.azure.com/openai/deployments/${id}/chat/completions?api-version=2024-08-01-preview`,
      api_key: `az-${id}`,
      model_id: id,
    })
    const key = [deployment('acme/m1', 'one'), deployment('acme/m2', 'two')]
    expect(await callWith('azure', key)).toEqual({
      address: 'https://ours.openai.azure.com/openai/deployments/one?api-version=2024-08-01-preview',
      headers: { 'api-key': 'az-one' },
      model: 'one',
      dialects: 0,
    })
    expect(await callWith('azure', key, 'acme/m2')).toMatchObject({ headers: { 'api-key': 'az-two' }, model: 'two' })
    expect(await callWith('azure', key, 'acme/m3')).toBeNull()
  })

  test('Bedrock: an API key, and an access key with its region', async () => {
    expect(await callWith('amazon-bedrock', 'bedrock-api-key')).toMatchObject({
      address: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      headers: { authorization: 'Bearer bedrock-api-key' },
    })
    const access = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', region: 'eu-west-3' }
    const called = await callWith('amazon-bedrock', access)
    expect(called?.address).toBe('https://bedrock-runtime.eu-west-3.amazonaws.com')
    expect(called?.headers['authorization']).toContain('Credential=AKIDEXAMPLE/20261129/eu-west-3/bedrock/aws4_request')
    expect(JSON.stringify(called?.headers)).not.toContain('"secret"')
    const temporary = await callWith('amazon-bedrock', { ...access, sessionToken: 'session' })
    expect(temporary?.headers['x-amz-security-token']).toBe('session')
  })

  test('Vertex: a service account with a region; its tokens come from Google, whatever the document names', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const account = {
      type: 'service_account',
      project_id: 'our-project',
      client_email: 'waygate@our-project.iam.gserviceaccount.com',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      private_key_id: 'abc',
      token_uri: 'http://169.254.169.254/steal',
    }
    expect(await callWith('google-vertex', { ...account, region: 'europe-west1' })).toMatchObject({
      address: 'https://europe-west1-aiplatform.googleapis.com/v1/projects/our-project/locations/europe-west1',
      headers: { authorization: 'Bearer token from https://oauth2.googleapis.com/token' },
    })
    expect(await callWith('google-vertex', account)).toMatchObject({
      address: 'https://aiplatform.googleapis.com/v1/projects/our-project/locations/global',
    })
  })

  test('Cloudflare: a token with its account', async () => {
    const account = '0123456789abcdef0123456789abcdef'
    expect(await callWith('cloudflare', { api_key: 'cf-1', account_id: account })).toMatchObject({
      address: `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1`,
      headers: { authorization: 'Bearer cf-1' },
    })
  })

  test('an address that the operator configured is used in place of the key’s own', async () => {
    const configured = new Map([['azure', { slug: 'azure', apiKeys: ['own'], baseUrl: 'http://proxy.internal/azure' }]])
    const called = await callWith('azure', { api_key: 'az-1', resource_name: 'ours' }, 'acme/m1', {
      ...keyed,
      configured,
    })
    expect(called).toMatchObject({ address: 'http://proxy.internal/azure', headers: { 'api-key': 'az-1' } })
  })

  test('nothing of the operator’s own account is used beside a key of a client', async () => {
    const variables = { AWS_ACCESS_KEY_ID: 'OPERATOR', AWS_SECRET_ACCESS_KEY: 'operator', AWS_REGION: 'eu-north-1' }
    const configured = new Map([['amazon-bedrock', { slug: 'amazon-bedrock', apiKeys: ['own'], variables }]])
    const called = await callWith('amazon-bedrock', 'bedrock-api-key', 'acme/m1', { ...keyed, configured })
    expect(called).toMatchObject({
      address: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      headers: { authorization: 'Bearer bedrock-api-key' },
    })
  })

  const azure = { api_key: 'az-1', resource_name: 'ours' }
  const deployed = { model_slug: 'acme/m1', api_key: 'az-1', model_id: 'one' }
  const at = (endpoint: string) => [{ ...deployed, endpoint_url: endpoint }]
  const access = { accessKeyId: 'A', secretAccessKey: 'S', region: 'us-east-1' }
  const google = { type: 'service_account', project_id: 'our-project', client_email: 'a@b', private_key: 'k' }
  const refused: readonly (readonly [provider: string, secret: object | string])[] = [
    ['openai', 'two words'],
    ['openai', ''],
    ['openai', 'sk-é'],
    ['openai', { api_key: 'sk-1' }],
    ['azure', 'az-1'],
    ['azure', []],
    ['azure', [azure, azure]],
    ['azure', [{ ...azure, resource_type: 'else' }]],
    ['azure', [{ ...azure, resource_name: 'ours.evil.example/' }]],
    ['azure', [{ ...azure, resource_name: '127.0.0.1#' }]],
    ['azure', [{ ...azure, api_key: 'two words' }]],
    ['azure', at('http://ours.openai.azure.com/x/chat/completions')],
    ['azure', at('https://ours.openai.azure.com/x/embeddings')],
    ['azure', at('https://ours.openai.azure.com:8443/x/chat/completions')],
    ['azure', at('https://user:pass@ours.openai.azure.com/x/chat/completions')],
    ['azure', at('https://openai.azure.com.evil.example/x/chat/completions')],
    ['azure', at('https://evilopenai.azure.com/x/chat/completions')],
    ['azure', at('https://169.254.169.254/latest/chat/completions')],
    ['azure', at('file:///etc/passwd')],
    ['azure', [...at('https://ours.openai.azure.com/x/chat/completions'), azure]],
    ['amazon-bedrock', { ...access, region: 'us-east-1.evil.example/' }],
    ['amazon-bedrock', { ...access, region: undefined }],
    ['amazon-bedrock', { ...access, secretAccessKey: '' }],
    ['amazon-bedrock', '{broken'],
    ['google-vertex', 'AIza-1'],
    ['google-vertex', { ...google, type: 'external_account', credential_source: { file: '/etc/passwd' } }],
    ['google-vertex', { ...google, type: 'authorized_user' }],
    ['google-vertex', { ...google, project_id: '../../x' }],
    ['google-vertex', { ...google, region: 'evil.example/' }],
    ['google-vertex', { ...google, private_key: '' }],
    ['cloudflare', 'cf-1'],
    ['cloudflare', { api_key: 'cf-1', account_id: '../../x' }],
  ]

  test.each(refused)('%s refuses what is not a key for it, and quotes nothing of it (%#)', (provider, secret) => {
    const text = typeof secret === 'string' ? secret : JSON.stringify(secret)
    const read = readByokKey(keyed, provider, text)
    expect(read).toEqual({ type: 'fault', message: expect.stringMatching(/^must be /) })
    for (const word of ['az-1', 'evil', 'two words', 'passwd', 'cf-1', 'sk-1']) {
      expect(JSON.stringify(read)).not.toContain(word)
    }
  })
})

test('the providers for which a key may be brought are the built-in hosts and the configured ones', () => {
  const configured = new Map([['prov-a', { slug: 'prov-a', apiKeys: [] }]])
  const fault = (slug: string) => providerFault({ ...keyed, configured }, slug)
  expect(fault('openai')).toBeNull()
  expect(fault('prov-a')).toBeNull()
  expect(fault('opnai')).toContain('Did you mean "openai"?')
  expect(fault('ollama')).toContain('needs no key')
  expect(fault('waygate')).toContain('needs no key')
})

test('every built-in host takes a key in some form, and none that needs more takes a plain one', () => {
  const hosts = providers.filter(({ local }) => local !== true)
  const plain = hosts.filter(({ slug }) => readByokKey(keyed, slug, 'a-plain-api-key').type === 'key')
  expect(hosts.filter((host) => !plain.includes(host)).map(({ slug }) => slug)).toEqual([
    'azure',
    'cloudflare',
    'google-vertex',
  ])
  for (const { slug, variables = [], variableDefaults = {}, readKey } of hosts) {
    const needsMore = variables.some((name) => !(name in variableDefaults))
    expect({ slug, hasForm: readKey !== undefined || !needsMore }).toEqual({ slug, hasForm: true })
  }
})
