import type { Dispatcher } from 'undici'
import type { OutgoingRequest } from '../../canonical/outgoing-request.ts'
import type { S3Credentials } from '../../canonical/s3-credentials.ts'
import type { Clock } from '../../util/clock.ts'
import { awsSigV4 } from './aws-sigv4.ts'
import { exchangeToken } from './exchange-token.ts'

/** Signs a request, and returns it with its signature. */
type SignS3 = (request: OutgoingRequest, credentials: S3Credentials) => Promise<OutgoingRequest>

/** Makes the function that signs requests to a storage that speaks S3. */
export function createSignS3(dispatcher: Dispatcher, { now }: Pick<Clock, 'now'>): SignS3 {
  const sign = awsSigV4('s3')
  const tools = { now, exchange: exchangeToken(dispatcher) }
  return async (request, { accessKeyId, secretAccessKey, sessionToken, region }) => {
    const { origin, pathname } = new URL(request.url)
    const call = { method: request.method, origin, path: pathname, headers: request.headers, body: request.body }
    const variables = {
      AWS_REGION: region,
      ...(accessKeyId !== undefined && { AWS_ACCESS_KEY_ID: accessKeyId }),
      ...(secretAccessKey !== undefined && { AWS_SECRET_ACCESS_KEY: secretAccessKey }),
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    }
    const headers = await sign(call, { apiKey: undefined, variables }, tools)
    return { ...request, headers: { ...request.headers, ...headers } }
  }
}
