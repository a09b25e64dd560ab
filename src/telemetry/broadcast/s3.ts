import { Type } from 'typebox'
import { trimEnd } from '../../util/trim-end.ts'
import { address, defineDestination, headerText, ownHeaders } from './destination.ts'

/** A storage that speaks S3: Amazon's own, Cloudflare R2, Google Cloud Storage, MinIO … Each trace is one object (contract §6.20). */
export default defineDestination({
  type: 's3',
  title: 'S3',
  documentation: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html',
  settings: {
    provider: Type.Optional(Type.Enum(['aws', 'cloudflare_r2', 'gcs', 'other'])),
    authMode: Type.Optional(Type.Enum(['access_keys', 'iam_role'])),
    bucketName: Type.String({
      pattern: '^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$',
      patternErrorMessage: 'must be the name of a bucket: small letters, digits, ".", "_" and "-"',
      description: 'The bucket.',
    }),
    region: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9-]{1,40}$',
        patternErrorMessage: 'must be the name of a region: small letters, digits and "-"',
        description: 'Default: `us-east-1`, `auto` for R2 and GCS.',
      }),
    ),
    endpoint: Type.Optional(address('The address of a storage that is not Amazon’s. The bucket is added to its path.')),
    accessKeyId: Type.Optional(headerText('The id of the access key.')),
    secretAccessKey: Type.Optional(headerText('The access key.')),
    sessionToken: Type.Optional(headerText('The token of temporary credentials.')),
    prefix: Type.Optional(Type.String({ maxLength: 500, description: 'Default: `openrouter-traces`.' })),
    pathTemplate: Type.Optional(
      Type.String({
        maxLength: 500,
        description:
          'The folder of the objects, with `{prefix}`, `{date}`, `{year}`, `{month}`, `{day}` and `{apiKeyName}`. Default: `{prefix}/{date}`.',
      }),
    ),
    headers: ownHeaders,
  },
  secrets: ['secretAccessKey', 'sessionToken', 'headers'],
  perRequest: 1,
  // Without keys a request is signed with the credentials of the machine, and those are the operator's.
  accountFault: ({ authMode, accessKeyId, secretAccessKey }) =>
    authMode === 'iam_role'
      ? { path: 'authMode', message: 'must be access_keys: the role of the machine belongs to its operator' }
      : accessKeyId === undefined || secretAccessKey === undefined
        ? {
            path: accessKeyId === undefined ? 'accessKeyId' : 'secretAccessKey',
            message: 'is required: the credentials of the machine belong to its operator',
          }
        : null,
  encode(traces, settings, { otlp, now, signS3 }) {
    const [trace] = traces
    const { provider, bucketName, accessKeyId, secretAccessKey, sessionToken, headers = {} } = settings
    const usualRegion = provider === 'cloudflare_r2' || provider === 'gcs' ? 'auto' : 'us-east-1'
    const { region = usualRegion, endpoint, prefix = 'openrouter-traces', pathTemplate = '{prefix}/{date}' } = settings
    // There is exactly one, because of `perRequest`.
    const { start = now(), keyName = '', traceId = '' } = trace ?? {}
    const date = new Date(start).toISOString().slice(0, 10)
    const [year = '', month = '', day = ''] = date.split('-')
    const values: Readonly<Record<string, string>> = { prefix, date, year, month, day, apiKeyName: keyName }
    const folder = pathTemplate.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
    const path = `${folder}/${traceId}-${now()}.json`
      .split('/')
      .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
      .map(encodeSegment)
      .join('/')
    const home = endpoint ?? (provider === 'gcs' ? 'https://storage.googleapis.com' : undefined)
    const url =
      home === undefined
        ? `https://${bucketName}.s3.${region}.amazonaws.com/${path}`
        : `${trimEnd(home, '/')}/${bucketName}/${path}`
    const body = JSON.stringify(otlp(traces))
    const request = { method: 'PUT', url, headers: { ...headers, 'content-type': 'application/json' }, body } as const
    return signS3(request, { accessKeyId, secretAccessKey, sessionToken, region })
  },
})

/** `encodeURIComponent` leaves five characters as they are that the signature encodes. */
const encodeSegment = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
