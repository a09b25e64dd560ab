import { createHmac, hash } from 'node:crypto'
import { bearer } from './api-key.ts'
import { type AwsCredentials, awsCredentials, loadChain } from './aws-credentials.ts'
import type { Account, Sign, SignableCall } from './sign.ts'
import { search } from '../../util/pattern.ts'

const algorithm = 'AWS4-HMAC-SHA256'
/** The gateway's own headers that are signed. Headers that a proxy may change are not signed. */
const signedHeaders: ReadonlySet<string> = new Set(['content-type'])

/**
 * Makes the signer for AWS Signature Version 4, or for the API key as a bearer token where there is one. An address that names its region
 * is signed for that region, any other for `AWS_REGION`. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 *
 * @param service AWS's name of the service, e.g. `bedrock`.
 */
export function awsSigV4(service: string, load = loadChain): Sign {
  const credentialsOf = awsCredentials(load)
  return (call, account, dependencies) => {
    if (account.apiKey !== undefined) return bearer(call, account, dependencies)
    const sign = (credentials: AwsCredentials) =>
      signature(call, service, regionOf(call, account), credentials, dependencies.now())
    const credentials = credentialsOf(account)
    return credentials instanceof Promise ? credentials.then(sign) : sign(credentials)
  }
}

function regionOf({ origin }: SignableCall, { variables }: Account): string {
  const named = search(/\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:vpce\.)?amazonaws\.com/, origin)?.[1]
  return named ?? variables['AWS_REGION'] ?? 'us-east-1'
}

function signature(
  call: SignableCall,
  service: string,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  now: number,
): Readonly<Record<string, string>> {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const date = time.slice(0, 8)
  const digest = hash('sha256', bytesOf(call.body), 'hex')
  const isS3 = service === 's3'
  const own = {
    // S3 also needs the digest in a header.
    ...(isS3 && { 'x-amz-content-sha256': digest }),
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  }
  const headers = Object.entries({ ...call.headers, ...own, host: new URL(call.origin).host })
    .filter(([name]) => name === 'host' || name in own || signedHeaders.has(name))
    .sort(byName)
  const names = headers.map(([name]) => name).join(';')
  const [path = '', query = ''] = call.path.split('?', 2)
  const request = [
    call.method,
    // The path is encoded a second time, as every service but S3 requires it.
    isS3 ? path : path.split('/').map(encode).join('/'),
    canonicalQuery(query),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}`),
    '',
    names,
    digest,
  ].join('\n')
  const scope = `${date}/${region}/${service}/aws4_request`
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  const signed = hmac(key, [algorithm, time, scope, hash('sha256', request, 'hex')].join('\n')).toString('hex')
  return {
    ...own,
    authorization: `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signed}`,
  }
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number => (one < other ? -1 : 1)

const canonicalQuery = (query: string): string =>
  [...new URLSearchParams(query)]
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([name, value], [otherName, otherValue]) =>
      name === otherName ? (value < otherValue ? -1 : 1) : name < otherName ? -1 : 1,
    )
    .map((pair) => pair.join('='))
    .join('&')

/** Encodes a text with percent signs. `encodeURIComponent` does not encode five characters that RFC 3986 reserves. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** Returns the body as it is signed. No AWS service that the gateway calls takes a form. */
function bytesOf(body: SignableCall['body']): string | Buffer {
  if (typeof body === 'string') return body
  if ('read' in body) throw new Error('A form cannot be signed before it is written.')
  return Buffer.concat(body)
}
