import { unavailable } from '../../canonical/errors.ts'
import { encodeError } from '../../protocols/gateway-fields/encode-error.ts'

/** The introduction to the tables of errors, in the page and in `docs/errors.md`: paragraphs with `code`. */
export const errorIntroduction = {
  envelope: `A request that fails before anything was generated gets the status of the failure and this envelope. \
\`code\` is the status and \`error_type\` the kind of the failure. Programs should read these, not \`message\`.

A failure while a reply is being generated has status 200: it is in a stream as an event with \`error\` and \`finish_reason: "error"\`, \
and in a JSON reply as \`choices[0].error\` beside what was generated until then.

\`metadata\` has further facts: \`issues\` lists what is wrong in a request and where, \`provider_name\`, \`provider_code\` and \`raw\` are a provider’s own \
words, and \`previous_errors\` are the failures of the providers that were called before.`,
  availability: `When a model cannot be served, \`error.availability\` gives the reason in a form for programs. \`retryable\`: whether the same request may work later. \
\`retry_after\`: in how many seconds. \`constraint\`: the demand of the request that no endpoint meets. \`docs_url\`: a link to the code in this list.`,
} as const

/** Returns whether a client can expect another result from the same request. */
export const retryDescription = (retryable: boolean): string =>
  retryable
    ? 'The same request may work later: wait for the time in `retry_after`.'
    : 'The same request would fail again.'

/** The gateway's reply to a request for an unknown model. */
export const exampleError: string = JSON.stringify(
  encodeError(
    unavailable('acme/unknown is not a valid model ID', { code: 'model_not_found', requestedModels: ['acme/unknown'] }),
  ),
  null,
  2,
)
