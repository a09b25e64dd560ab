import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignatureV4 } from '@smithy/signature-v4'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { GatewayError } from '../../canonical/errors.ts'
import { callerOf, credentialOf, eventsOf, failureOf, scriptUpstream } from '../testing/scripted-upstream.ts'
import { awsSigV4 } from './aws-sigv4.ts'
import type { SignableCall, SignDependencies } from './sign.ts'

/** The hash class that AWS's signer needs. */
class Sha256 {
  readonly #hash
  constructor(key?: string | Uint8Array | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytes(key))
  }
  update(data: string | Uint8Array | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(data))
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }
  reset(): void {}
}

function bytes(data: string | Uint8Array | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data)
}

const signer = (region: string, credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) =>
  new SignatureV4({ service: 'bedrock', region, credentials, sha256: Sha256, applyChecksum: false })

/** Encodes a character that `encodeURIComponent` leaves as it is, and S3 encodes. */
const escapeMore = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

const at = (now: number): SignDependencies => ({
  now: () => now,
  exchange: () => Promise.reject(new Error('no network')),
})
const staticKeys = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const call: SignableCall = {
  method: 'POST',
  origin: 'https://bedrock-runtime.eu-west-3.amazonaws.com',
  path: '/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse',
  headers: { 'content-type': 'application/json', 'user-agent': 'waygate' },
  body: '{"messages":[]}',
}

describe('a signature', () => {
  const printable = fc.string({
    unit: fc.constantFrom(...Array.from("abcXYZ019-_.~!'()*$&+,;=:@% /?é😀")),
    maxLength: 12,
  })
  const segment = printable.filter((text) => text !== '' && text !== '.' && text !== '..').map(encodeURIComponent)
  const request = fc.record({
    path: fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
    query: fc.dictionary(
      printable.filter((name) => name !== ''),
      printable,
      { maxKeys: 4 },
    ),
    body: fc.string({ unit: 'binary', maxLength: 50 }).map((text) => Buffer.from(text).toString()),
    contentType: fc.constantFrom('application/json', 'text/plain;  charset=utf-8'),
    host: fc.constantFrom('bedrock-runtime.example.com', '127.0.0.1:8080'),
    region: fc.constantFrom('us-east-1', 'ap-southeast-2', 'us-gov-west-1'),
    secret: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }),
    sessionToken: fc.option(fc.base64String({ minLength: 4, maxLength: 60 }), { nil: undefined }),
    now: fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
  })

  test('is AWS’s own for S3, whose paths are encoded once and whose bodies have a digest', async () => {
    const key = fc.array(
      segment.map((text) => text.replaceAll(/[!'()*]/g, escapeMore)),
      { minLength: 1, maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(key, request, async (segments, { body, region, secret, sessionToken, now }) => {
        const path = `/bucket/${segments.join('/')}`
        const ours = await awsSigV4('s3')(
          {
            method: 'PUT',
            origin: 'https://storage.example.com',
            path,
            headers: { 'content-type': 'application/json' },
            body,
          },
          {
            apiKey: undefined,
            variables: {
              AWS_ACCESS_KEY_ID: 'AKID',
              AWS_SECRET_ACCESS_KEY: secret,
              AWS_REGION: region,
              ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
            },
          },
          at(now.getTime()),
        )
        const credentials = { accessKeyId: 'AKID', secretAccessKey: secret, sessionToken }
        const theirs = await new SignatureV4({
          service: 's3',
          region,
          credentials,
          sha256: Sha256,
          uriEscapePath: false,
        }).sign(
          {
            method: 'PUT',
            protocol: 'https:',
            hostname: 'storage.example.com',
            path,
            query: {},
            headers: { host: 'storage.example.com', 'content-type': 'application/json' },
            body,
          },
          { signingDate: now },
        )
        expect(ours).toEqual({
          authorization: theirs.headers['authorization'],
          'x-amz-content-sha256': theirs.headers['x-amz-content-sha256'],
          'x-amz-date': theirs.headers['x-amz-date'],
          ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
        })
      }),
    )
  })

  test('is AWS’s own, for any request', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        const { path, query, body, contentType, host, region, secret, sessionToken, now } = given
        const search = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join('='))
        const ours = await awsSigV4('bedrock')(
          {
            method: 'POST',
            origin: `https://${host}`,
            path: path + (search.length === 0 ? '' : `?${search.join('&')}`),
            headers: { 'content-type': contentType, 'user-agent': 'waygate' },
            body,
          },
          {
            apiKey: undefined,
            variables: {
              AWS_ACCESS_KEY_ID: 'AKID',
              AWS_SECRET_ACCESS_KEY: secret,
              AWS_REGION: region,
              ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
            },
          },
          at(now.getTime()),
        )
        const theirs = await signer(region, { accessKeyId: 'AKID', secretAccessKey: secret, sessionToken }).sign(
          {
            method: 'POST',
            protocol: 'https:',
            hostname: host,
            path,
            query,
            headers: { host, 'content-type': contentType },
            body,
          },
          { signingDate: now },
        )
        const { host: _, 'content-type': __, ...added } = theirs.headers
        expect(ours).toEqual(added)
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    ['https://bedrock-runtime.eu-west-3.amazonaws.com', 'eu-west-3'],
    ['https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['https://vpce-0a1b-2c3d.bedrock-runtime.ap-south-1.vpce.amazonaws.com', 'ap-south-1'],
    ['https://bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['http://127.0.0.1:9001', 'sa-east-1'],
  ])('for %s is for the region %s', async (origin, region) => {
    const variables = { ...staticKeys, AWS_REGION: 'sa-east-1' }
    const headers = await awsSigV4('bedrock')({ ...call, origin }, { apiKey: undefined, variables }, at(0))
    expect(headers['authorization']).toContain(`Credential=AKIDEXAMPLE/19700101/${region}/bedrock/aws4_request,`)
  })

  test('gives way to an API key', () => {
    expect(awsSigV4('bedrock')(call, { apiKey: 'bedrock-api-key', variables: staticKeys }, at(0))).toEqual({
      authorization: 'Bearer bedrock-api-key',
    })
  })

  test('fits the request as it arrives', async () => {
    const received: { request: IncomingMessage; body: string }[] = []
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const piece of request.setEncoding('utf8')) body += piece
      received.push({ request, body })
      response.end('{"text":"ok"}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const variables = { ...staticKeys, AWS_SESSION_TOKEN: 'token==', AWS_REGION: 'us-west-2' }
    const events = await eventsOf(
      callerOf({ baseUrl, provider: { credentials: [credentialOf()], sign: awsSigV4('bedrock'), variables } })({
        stream: false,
      }),
    )
    expect(events.at(-1)?.type).toBe('call-end')
    const [{ request, body } = { request: undefined, body: '' }] = received
    const { authorization, host = '', 'content-type': type = '', 'x-amz-date': date = '' } = request?.headers ?? {}
    const stamp = String(date).replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z')
    const again = await signer('us-west-2', {
      accessKeyId: staticKeys.AWS_ACCESS_KEY_ID,
      secretAccessKey: staticKeys.AWS_SECRET_ACCESS_KEY,
      sessionToken: 'token==',
    }).sign(
      {
        method: request?.method ?? '',
        protocol: 'http:',
        hostname: host,
        path: request?.url ?? '',
        headers: { host, 'content-type': type },
        body,
      },
      { signingDate: stamp },
    )
    expect(authorization).toBe(again.headers['authorization'])
    expect(request?.headers['x-amz-security-token']).toBe('token==')
  })
})

test('an upstream that quotes what signs a call is not quoted', async () => {
  const upstream = await scriptUpstream(({ headers }, response) => {
    response.writeHead(500).end(JSON.stringify({ received: headers, said: `for ${headers['x-amz-security-token']}` }))
  })
  const provider = {
    credentials: [credentialOf()],
    sign: awsSigV4('bedrock'),
    variables: { ...staticKeys, AWS_SESSION_TOKEN: 'token-of-the-session' },
  }
  const events = await eventsOf(callerOf({ baseUrl: upstream.url, provider })())
  const last = events.at(-1)
  const raw = last?.type === 'error' ? JSON.stringify(last.error.details.raw) : ''
  expect(raw).toContain('"said":"for [REDACTED]"')
  expect(raw).not.toMatch(/token-of-the-session|Signature=/)
})

describe('AWS’s chain of credentials', () => {
  /** Makes a profile whose credentials a program prints. The program records each of its runs. Returns the file of these records. */
  async function profile(name: string, expiresInMs: number): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'waygate-aws-'))
    const runs = join(folder, 'runs')
    const script = join(folder, 'credentials.sh')
    const printed = JSON.stringify({
      Version: 1,
      AccessKeyId: `AKID-${name}`,
      SecretAccessKey: 'secret-of-profile',
      SessionToken: 'token-of-profile',
      Expiration: new Date(Date.now() + expiresInMs).toISOString(),
    })
    await writeFile(runs, '')
    await writeFile(script, `echo run >> ${runs}\necho '${printed}'\n`)
    await writeFile(join(folder, 'config'), `[profile ${name}]\ncredential_process = sh ${script}\n`)
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'))
    onTestFinished(() => void vi.unstubAllEnvs())
    return runs
  }
  const signWith = (sign: ReturnType<typeof awsSigV4>, AWS_PROFILE: string) =>
    sign(call, { apiKey: undefined, variables: { AWS_PROFILE, AWS_REGION: 'us-east-1' } }, at(Date.now()))

  test('is asked once for what lasts', async () => {
    const runs = await profile('lasting', 3_600_000)
    const sign = awsSigV4('bedrock')
    for (let times = 0; times < 3; times++) {
      expect(await signWith(sign, 'lasting')).toMatchObject({
        authorization: expect.stringContaining('Credential=AKID-lasting/'),
        'x-amz-security-token': 'token-of-profile',
      })
    }
    expect(await readFile(runs, 'utf8')).toBe('run\n')
  })

  test('is asked again shortly before what it gave expires', async () => {
    const runs = await profile('fleeting', 60_000)
    const sign = awsSigV4('bedrock')
    await signWith(sign, 'fleeting')
    // No call waits for new credentials while the old ones are valid.
    await signWith(sign, 'fleeting')
    await expect.poll(() => readFile(runs, 'utf8')).toBe('run\nrun\n')
  })

  test('that has nothing is a failure of the provider that quotes nothing', async () => {
    await profile('other', 60_000)
    const failure = await Promise.resolve(signWith(awsSigV4('bedrock'), 'no-such-profile')).catch((error) => error)
    expect(failure).toBeInstanceOf(GatewayError)
    expect(failure).toMatchObject({
      kind: 'provider_unavailable',
      message: 'AWS gave this gateway no credentials for its profile, container or web identity.',
    })
  })

  test('that is not installed says what to install, and the call goes on to the next endpoint', async () => {
    const missing: string = '@waygate-test/no-such-package'
    const sign = awsSigV4('bedrock', () => import(missing))
    const provider = { credentials: [credentialOf()], sign, variables: { AWS_PROFILE: 'any' } }
    expect(await failureOf(callerOf({ baseUrl: 'http://127.0.0.1:9', provider })())).toMatchObject({
      kind: 'provider_unavailable',
      scope: 'next-endpoint',
      message: expect.stringContaining('npm install @aws-sdk/credential-provider-node'),
    })
  })
})
