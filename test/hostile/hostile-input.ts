import type { IncomingMessage, ServerResponse } from 'node:http'

/** The gateway under attack, seen from outside. */
export interface Target {
  readonly url: string
  readonly key: string
  /** `POST` of a JSON body (a text goes as it is) with a valid key. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** `POST` to chat completions. Without a model it is the bundled simulator that answers, inside the gateway's process. */
  chat(body: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<Response>
  /**
   * From here on the upstream behind these models answers like this: `hostile/only`, `hostile/first`, which falls back to a steady one,
   * `hostile/fetchless`, for which the gateway itself fetches images, `hostile/thinks`, whose thoughts stand in tags, and one of the name of
   * each other language, e.g. `hostile/messages`.
   */
  upstreamAnswers(answer: (request: IncomingMessage, response: ServerResponse) => void): void
}

/**
 * One thing that somebody outside may send, be it a caller or an upstream. The gateway that meets it has a heap of 256 MB; all the while
 * a second connection asks `/healthz`, and afterwards a plain request must be answered by the same process.
 */
export interface HostileInput {
  /** Begins with the numbers of the issue and its line, as in `issue 9.1: …`. */
  readonly title: string
  /** Sends it, and asserts what comes back. No part of it may hang on the speed of the machine. */
  run(target: Target): Promise<void>
}

/** An answer in JSON. */
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
