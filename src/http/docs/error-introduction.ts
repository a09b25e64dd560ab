import { unavailable } from '../../canonical/errors.ts'
import { encodeError } from '../../protocols/gateway-fields/encode-error.ts'

/** What is said before the tables of errors, in the page and in `docs/errors.md`: paragraphs with `code`. */
export const errorIntroduction = {
  envelope: `A request that fails before anything was generated is answered with the status of the failure and this envelope. \
\`code\` is the status, \`error_type\` the kind of the failure; programs should look at these, not at \`message\`.

A failure while a reply is being generated comes under status 200: in a stream as an event with \`error\` and \`finish_reason: "error"\`, \
in a whole reply as \`choices[0].error\` beside what was generated until then.

\`metadata\` has what is known beyond that: \`issues\` says what is wrong where in a request, \`provider_name\`, \`provider_code\` and \`raw\` are a provider’s own \
words, \`previous_errors\` the failures of the providers that were asked before.`,
  availability: `When a model cannot be served, \`error.availability\` says why, for programs. \`retryable\` says whether the same request may work later, \
\`retry_after\` in how many seconds, \`constraint\` which demand of the request left no endpoint over, \`docs_url\` leads to the code in this list.`,
} as const

/** What a client may expect of the same request, sent again. */
export const retryWords = (retryable: boolean): string =>
  retryable
    ? 'The same request may work later: wait as long as `retry_after` says.'
    : 'The same request would fail again.'

/** What the gateway answers to a model that it does not have. */
export const exampleError: string = JSON.stringify(
  encodeError(
    unavailable('acme/unknown is not a valid model ID', { code: 'model_not_found', requestedModels: ['acme/unknown'] }),
  ),
  null,
  2,
)
