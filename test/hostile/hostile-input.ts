import type { IncomingMessage, ServerResponse } from 'node:http'

/** The gateway under attack, as clients see it. */
export interface Target {
  readonly url: string
  readonly key: string
  /** A key of the same account that may set up destinations. */
  readonly managementKey: string
  /** Sends a `POST` with a valid key. A body that is a string is sent unchanged, any other as JSON. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Sends a `POST` to chat completions. Without a model the bundled simulator answers, inside the gateway's process. */
  chat(body: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<Response>
  /**
   * Sets the answer of the upstream behind these models: `hostile/only`, `hostile/first`, which falls back to a steady one,
   * `hostile/fetchless`, for which the gateway itself fetches images, `hostile/thinks`, whose reasoning is between tags, and one named
   * after each other protocol, e.g. `hostile/messages`.
   */
  upstreamAnswers(answer: (request: IncomingMessage, response: ServerResponse) => void): void
}

/**
 * An input that a client or an upstream may send. The gateway that receives it has a heap of 256 MB. During the input a second connection
 * requests `/healthz`, and afterwards the same process must answer a plain request.
 */
export interface HostileInput {
  /** The title begins with the numbers of the issue and its line, as in `…`. */
  readonly title: string
  /** Sends the input, and asserts the result. No part of it may depend on the speed of the machine. */
  run(target: Target): Promise<void>
}

/** A JSON answer. */
export const answering =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

/** A chat completion. */
export const completion = (choices: readonly object[], more: object = {}): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices,
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  ...more,
})
