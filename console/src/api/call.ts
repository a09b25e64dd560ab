import type { Operations } from './schema.ts'

export type Operation = keyof Operations
export type Reply<Name extends Operation> = Operations[Name]['reply']
export type Body<Name extends Operation> = Operations[Name]['body']

/** What an operation is called with: the values in its path, its query and its body. */
export type Input<Name extends Operation> = {
  readonly [Part in 'path' | 'query' | 'body']?: Operations[Name][Part]
} & { readonly signal?: AbortSignal }

/** An error that the gateway answered with, or that the network gave. Its message is for the reader. */
export class ApiError extends Error {
  /** 0 where there was no answer. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The header that the gateway asks for where a request with the cookie changes something: no form of another site can send it. */
const ownHeader = { 'x-waygate-console': '1' }

let account: string | null = null

/** Chooses the account for which all further calls are made. Null is the account of the session. */
export function actFor(name: string | null): void {
  account = name
}

/**
 * Sends a request to the gateway, with the cookie of the session.
 * @param path The path below `/api/v1`.
 * @throws ApiError for every answer that is no success
 */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = {
    ...ownHeader,
    ...(account !== null && { 'x-waygate-account': account }),
    ...(init.body !== undefined && { 'content-type': 'application/json' }),
  }
  const response = await fetch(`./api/v1${path}`, { ...init, headers, credentials: 'same-origin' }).catch(
    (error: unknown) => {
      if (init.signal?.aborted === true) throw error
      throw new ApiError(0, 'The gateway cannot be reached.')
    },
  )
  if (!response.ok) throw new ApiError(response.status, await messageOf(response))
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
    signal: input.signal,
    ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
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
