import type { Operations } from './schema.ts'

export type Operation = keyof Operations
export type Reply<Name extends Operation> = Operations[Name]['reply']
export type Body<Name extends Operation> = Operations[Name]['body']

/** What an operation is called with: the values in its path, its query and its body. */
export type Input<Name extends Operation> = {
  readonly [Part in 'path' | 'query' | 'body']?: Operations[Name][Part]
} & Caller

interface Caller {
  /** The account for which an operator calls. Null and absent are the account of the session. */
  readonly account?: string | null
  readonly signal?: AbortSignal
}

interface Request extends Caller {
  readonly method?: string
  readonly body?: unknown
}

/** An error that the gateway answered with, or that the network gave. Its message is for the reader. */
export class ApiError extends Error {
  /** 0 where there was no answer. */
  readonly status: number
  /** The id under which the request is on record; null where it came to none. */
  readonly generation: string | null

  constructor(status: number, message: string, generation: string | null = null) {
    super(message)
    this.status = status
    this.generation = generation
  }
}

/** The header that the gateway asks for where a request with the cookie changes something: no form of another site can send it. */
const ownHeader = { 'x-waygate-console': '1' }

/**
 * Sends a request to the gateway, with the cookie of the session.
 * @param path The path below `/api/v1`.
 * @throws ApiError for every answer that is no success
 */
export async function send(path: string, { method = 'GET', body, account, signal }: Request = {}): Promise<Response> {
  const response = await fetch(`./api/v1${path}`, {
    method,
    signal,
    credentials: 'same-origin',
    headers: {
      ...ownHeader,
      ...(account != null && { 'x-waygate-account': account }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error
    throw new ApiError(0, 'The gateway cannot be reached.')
  })
  if (!response.ok)
    throw new ApiError(response.status, await messageOf(response), response.headers.get('x-generation-id'))
  return response
}

/** Calls an operation of the API. */
export async function call<Name extends Operation>(name: Name, input: Input<Name> = {}): Promise<Reply<Name>> {
  const [method = '', template = ''] = name.split(' ')
  const values = textsOf(input.path)
  const path = template.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? ''))
  const query = new URLSearchParams(textsOf(input.query)).toString()
  const response = await send(query === '' ? path : `${path}?${query}`, {
    method,
    body: input.body,
    account: input.account,
    signal: input.signal,
  })
  return response.json()
}

/** Returns the values that are set, as text. */
const textsOf = (values: object | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([key, value]) =>
      value === undefined || value === null || value === '' ? [] : [[key, String(value)]],
    ),
  )

async function messageOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null)
  const message: unknown = Object(Object(body).error).message
  return typeof message === 'string' ? message : `The gateway answered with ${response.status}.`
}
