import { generateKeyPairSync, verify } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GoogleGenAI } from '@google/genai'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { GatewayError } from '../../canonical/errors.ts'
import { createDispatcher } from '../dispatcher.ts'
import { exchangeToken } from './exchange-token.ts'
import { googleToken } from './google-token.ts'
import type { Account, Sign } from './sign.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Replaces Google's token endpoint, its impersonation and metadata servers, and the server of another identity provider. */
let server: Server
let url = ''
let asked: Asked[] = []
let answer: (path: string) => { readonly status?: number; readonly body: object | string } = () => ({ body: {} })
let directory = ''
const dispatcher = createDispatcher({ connectMs: 1000 })

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-google-'))
  server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += piece
    asked.push({ path: request.url ?? '', headers: request.headers, body })
    const { status = 200, body: reply } = answer(request.url ?? '')
    response.writeHead(status).end(typeof reply === 'string' ? reply : JSON.stringify(reply))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(async () => {
  await dispatcher.destroy()
  server.close()
  await rm(directory, { recursive: true })
})

let now = 0
let sign: Sign
beforeEach(() => {
  now = Date.UTC(2026, 10, 20)
  sign = googleToken()
})
afterEach(() => {
  asked = []
})

const call = { method: 'POST', origin: 'https://x', path: '/', headers: {}, body: '{}' } as const
const signed = async (account: Partial<Account>) =>
  sign(call, { apiKey: undefined, variables: {}, ...account }, { now: () => now, exchange: exchangeToken(dispatcher) })

const serviceAccount = () => ({
  type: 'service_account',
  project_id: 'p',
  private_key_id: 'key-1',
  private_key: privateKey,
  client_email: 'waygate@p.iam.gserviceaccount.com',
  token_uri: `${url}/token`,
})
const document = (more: object = {}): string => JSON.stringify({ ...serviceAccount(), ...more })
const gives =
  (token: string, expires_in = 3600) =>
  () => ({ body: { access_token: token, expires_in } })

const form = (body: string): Readonly<Record<string, string>> => Object.fromEntries(new URLSearchParams(body))

function claimsOf(assertion = ''): { readonly header: object; readonly claims: Readonly<Record<string, unknown>> } {
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  const said = Buffer.from(`${header}.${claims}`)
  expect(verify('RSA-SHA256', said, publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  return { header: read(header), claims: read(claims) }
}

test('a service account signs a statement that Google can check, and gets a token for it', async () => {
  answer = gives('token-1')
  expect(await signed({ apiKey: document() })).toEqual({ authorization: 'Bearer token-1' })
  const { grant_type, assertion } = form(asked[0]?.body ?? '')
  expect(grant_type).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const { header, claims } = claimsOf(assertion)
  expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })
  const issuedAt = now / 1000
  expect(claims).toMatchObject({ iat: issuedAt, exp: issuedAt + 3600, aud: `${url}/token` })
})

test('the statement claims what that of Google’s own library claims', async () => {
  // The library logs that it was given credentials.
  vi.spyOn(console, 'debug').mockReturnValue()
  let theirs = ''
  const transporter = {
    interceptors: { request: new Set(), response: new Set() },
    request: ({ data }: { readonly data: URLSearchParams }) => {
      theirs = data.get('assertion') ?? ''
      return Promise.resolve({ data: { access_token: 'token', expires_in: 3600 } })
    },
  }
  const google = new GoogleGenAI({
    vertexai: true,
    project: 'p',
    location: 'global',
    httpOptions: { baseUrl: url },
    googleAuthOptions: { credentials: serviceAccount(), clientOptions: Object({ transporter }) },
  })
  answer = gives('token-1')
  await google.models.generateContent({ model: 'm', contents: 'hi' }).catch(() => {})
  await signed({ apiKey: document() })
  const ours = claimsOf(form(asked.at(-1)?.body ?? '')['assertion']).claims
  const library = claimsOf(theirs).claims
  expect(library).toMatchObject({ aud: 'https://oauth2.googleapis.com/token' })
  const timeless = (claims: object) => ({ ...claims, iat: 0, exp: 0, aud: '' })
  expect(timeless(ours)).toEqual(timeless(library))
  expect(Number(ours['exp']) - Number(ours['iat'])).toBe(Number(library['exp']) - Number(library['iat']))
})

test('a token is kept until shortly before it expires, and fetched once for all who wait', async () => {
  let count = 0
  answer = () => ({ body: { access_token: `token-${++count}`, expires_in: 3600 } })
  const account = { apiKey: document() }
  const all = await Promise.all(Array.from({ length: 20 }, () => signed(account)))
  expect(new Set(all.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer token-1']))
  now += 3_300_000
  expect(await signed(account)).toEqual({ authorization: 'Bearer token-1' })
  now += 120_000
  expect(await signed(account)).toEqual({ authorization: 'Bearer token-2' })
  // Another account has a token of its own.
  expect(await signed({ apiKey: document({ client_email: 'other@p' }) })).toEqual({ authorization: 'Bearer token-3' })
  expect(asked).toHaveLength(3)
})

test('what failed once is tried again', async () => {
  answer = () => ({ status: 503, body: 'busy' })
  await expect(signed({ apiKey: document() })).rejects.toThrow('The token endpoint answered 503.')
  answer = gives('token-1')
  expect(await signed({ apiKey: document() })).toEqual({ authorization: 'Bearer token-1' })
})

test('an API key goes as it is', async () => {
  expect(await signed({ apiKey: 'AIzaSecret' })).toEqual({ 'x-goog-api-key': 'AIzaSecret' })
  expect(asked).toEqual([])
})

test('the file that GOOGLE_APPLICATION_CREDENTIALS names, here of a user, who says which project pays', async () => {
  const file = join(directory, 'user.json')
  const user = { client_id: 'id', client_secret: 'secret', refresh_token: 'refresh', quota_project_id: 'payer' }
  await writeFile(file, JSON.stringify({ type: 'authorized_user', token_uri: `${url}/token`, ...user }))
  answer = gives('token-u')
  expect(await signed({ variables: { GOOGLE_APPLICATION_CREDENTIALS: file } })).toEqual({
    authorization: 'Bearer token-u',
    'x-goog-user-project': 'payer',
  })
  expect(form(asked[0]?.body ?? '')).toEqual({
    grant_type: 'refresh_token',
    client_id: 'id',
    client_secret: 'secret',
    refresh_token: 'refresh',
  })
})

test('the metadata server of the machine, where there are no credentials', async () => {
  answer = gives('token-m')
  const host = url.replace('http://', '')
  expect(await signed({ variables: { GCE_METADATA_HOST: host } })).toEqual({ authorization: 'Bearer token-m' })
  expect(asked[0]).toMatchObject({
    path: '/computeMetadata/v1/instance/service-accounts/default/token',
    headers: { 'metadata-flavor': 'Google' },
  })
})

const external = (more: object) =>
  JSON.stringify({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/p',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${url}/sts`,
    ...more,
  })

test('workload identity federation: the token of another provider, from an address, acting as a service account', async () => {
  answer = (path) => {
    if (path === '/subject') return { body: { nested: 'no', id_token: 'foreign-token' } }
    if (path === '/sts') return { body: { access_token: 'federated', expires_in: 3600 } }
    return { body: { accessToken: 'impersonated', expireTime: new Date(now + 600_000).toISOString() } }
  }
  const apiKey = external({
    credential_source: {
      url: `${url}/subject`,
      headers: { 'x-for': 'waygate' },
      format: { type: 'json', subject_token_field_name: 'id_token' },
    },
    service_account_impersonation_url: `${url}/impersonate:generateAccessToken`,
    service_account_impersonation: { token_lifetime_seconds: 600 },
  })
  expect(await signed({ apiKey })).toEqual({ authorization: 'Bearer impersonated' })
  const [subject, exchange, impersonation] = asked
  expect(subject).toMatchObject({ path: '/subject', headers: { 'x-for': 'waygate' } })
  expect(form(exchange?.body ?? '')).toEqual({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience: expect.stringContaining('workloadIdentityPools'),
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: 'foreign-token',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  })
  expect(impersonation?.headers.authorization).toBe('Bearer federated')
  expect(JSON.parse(impersonation?.body ?? '')).toEqual({
    scope: ['https://www.googleapis.com/auth/cloud-platform'],
    lifetime: '600s',
  })
  now += 400_000
  await signed({ apiKey })
  expect(asked).toHaveLength(6)
})

test('the token of another provider from a file', async () => {
  const file = join(directory, 'subject')
  await writeFile(file, 'foreign-from-file\n')
  answer = gives('federated')
  const apiKey = external({ credential_source: { file }, client_id: 'me', client_secret: 'mine' })
  expect(await signed({ apiKey })).toEqual({ authorization: 'Bearer federated' })
  expect(form(asked[0]?.body ?? '')['subject_token']).toBe('foreign-from-file')
  expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:mine').toString('base64')}`)
})

test.each([
  ['not JSON', () => '{"private_key": "very-secret', 'not valid JSON'],
  ['a type that is not known', () => document({ type: 'gdch_service_account' }), 'must be of type'],
  ['no client_email', () => document({ client_email: undefined }), 'need "client_email"'],
  [
    'a private key that is none',
    () => document({ private_key: 'very-secret' }),
    'The "private_key" of the credentials',
  ],
  ['AWS as the source', () => external({ credential_source: { environment_id: 'aws1', url } }), 'credential_source'],
  ['a file that is not there', () => external({ credential_source: { file: '/very-secret' } }), 'cannot be read'],
  [
    'a source without the member',
    () => external({ credential_source: { url: `${url}/t`, format: { type: 'json', subject_token_field_name: 'a' } } }),
    'holds no token',
  ],
  ['a refusal', () => document({ token_uri: `${url}/refuses` }), 'answered 400 invalid_grant'],
  ['a refusal in odd words', () => document({ token_uri: `${url}/odd` }), 'answered 400.'],
  ['an answer without a token', () => document({ token_uri: `${url}/empty` }), 'gave no token'],
  ['nobody there', () => document({ token_uri: 'http://127.0.0.1:9/token' }), 'did not answer'],
])('%s: the error says what is wrong and quotes nothing', async (_, apiKey, words) => {
  answer = (path) => {
    if (path === '/refuses') return { status: 400, body: { error: 'invalid_grant', error_description: 'very-secret' } }
    return path === '/odd' ? { status: 400, body: { error: 'what? very-secret' } } : { body: { very: 'very-secret' } }
  }
  const failure: unknown = await signed({ apiKey: apiKey() }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(GatewayError)
  expect(failure).toMatchObject({ kind: 'provider_unavailable', message: expect.stringContaining(words) })
  expect(String(failure)).not.toMatch(/very-secret|PRIVATE KEY|127\.0\.0\.1/)
})
