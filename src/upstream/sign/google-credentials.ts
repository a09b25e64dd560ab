import { isObject, type JsonObject, stringOf } from '../../util/json.ts'

/** The key of a service account, which signs its own requests for tokens. */
export interface ServiceAccount {
  readonly type: 'service_account'
  readonly clientEmail: string
  readonly privateKey: string
  readonly privateKeyId: string | undefined
  readonly tokenUri: string
}

/** The credentials that `gcloud auth application-default login` writes. */
export interface AuthorizedUser {
  readonly type: 'authorized_user'
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  readonly tokenUri: string
  readonly quotaProject: string | undefined
}

/** The source of a token of another identity provider. */
export interface SubjectTokenSource {
  readonly file: string | undefined
  readonly url: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** The member of a JSON document that holds the token; undefined where the token is the whole text. */
  readonly field: string | undefined
}

/** Workload identity federation: a token of another provider is exchanged for one of Google's. */
export interface ExternalAccount {
  readonly type: 'external_account'
  readonly audience: string
  readonly subjectTokenType: string
  readonly tokenUrl: string
  readonly source: SubjectTokenSource
  readonly impersonationUrl: string | undefined
  readonly lifetimeSeconds: number
  readonly client: { readonly id: string; readonly secret: string } | undefined
  readonly userProject: string | undefined
  readonly quotaProject: string | undefined
}

export type GoogleCredentials = ServiceAccount | AuthorizedUser | ExternalAccount

const googleTokenUri = 'https://oauth2.googleapis.com/token'
const usualLifetimeSeconds = 3600

/** The error for invalid credentials, and for a server that should have given a token for them. Its message quotes no secret. */
export class CredentialsError extends Error {}

/**
 * Reads a credentials document.
 * @throws CredentialsError that names what is missing; it quotes nothing of the text.
 */
export function parseCredentials(text: string): GoogleCredentials {
  const document = parse(text)
  const need = (name: string, from: JsonObject = document): string => {
    const value = stringOf(from[name])
    if (!value) throw new CredentialsError(`Google credentials need "${name}".`)
    return value
  }
  const { type } = document
  if (type === 'service_account') {
    return {
      type,
      clientEmail: need('client_email'),
      privateKey: need('private_key'),
      privateKeyId: stringOf(document['private_key_id']),
      tokenUri: stringOf(document['token_uri']) ?? googleTokenUri,
    }
  }
  if (type === 'authorized_user') {
    return {
      type,
      clientId: need('client_id'),
      clientSecret: need('client_secret'),
      refreshToken: need('refresh_token'),
      tokenUri: stringOf(document['token_uri']) ?? googleTokenUri,
      quotaProject: stringOf(document['quota_project_id']),
    }
  }
  if (type === 'external_account') return externalAccount(document, need)
  throw new CredentialsError('Google credentials must be of type service_account, authorized_user or external_account.')
}

function externalAccount(document: JsonObject, need: (name: string) => string): ExternalAccount {
  const clientId = stringOf(document['client_id'])
  const impersonation = document['service_account_impersonation']
  const lifetime = isObject(impersonation) ? Number(impersonation['token_lifetime_seconds']) : Number.NaN
  return {
    type: 'external_account',
    audience: need('audience'),
    subjectTokenType: need('subject_token_type'),
    tokenUrl: need('token_url'),
    source: tokenSource(document['credential_source']),
    impersonationUrl: stringOf(document['service_account_impersonation_url']),
    lifetimeSeconds: lifetime > 0 ? lifetime : usualLifetimeSeconds,
    client: clientId === undefined ? undefined : { id: clientId, secret: stringOf(document['client_secret']) ?? '' },
    userProject: stringOf(document['workforce_pool_user_project']),
    quotaProject: stringOf(document['quota_project_id']),
  }
}

function tokenSource(source: unknown): SubjectTokenSource {
  const file = isObject(source) ? stringOf(source['file']) : undefined
  const url = isObject(source) ? stringOf(source['url']) : undefined
  if (!isObject(source) || (file === undefined) === (url === undefined) || 'environment_id' in source) {
    throw new CredentialsError(
      'Google credentials of type external_account need a "credential_source" that is a file or a url.',
    )
  }
  const headers = Object.entries(isObject(source['headers']) ? source['headers'] : {})
  const format = isObject(source['format']) ? source['format'] : {}
  return {
    file,
    url,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, stringOf(value) ?? ''])),
    field: format['type'] === 'json' ? stringOf(format['subject_token_field_name']) : undefined,
  }
}

function parse(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new CredentialsError('Google credentials are not valid JSON.')
  }
  if (!isObject(value)) throw new CredentialsError('Google credentials must be a JSON object.')
  return value
}
