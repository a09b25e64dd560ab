import type { Failure } from '../../reply-settings.ts'
import type { Protocol } from '../protocol.ts'
import { awsEventStream } from './aws-event-stream.ts'
import { converseFrames } from './converse-frames.ts'
import { converseWhole } from './converse-whole.ts'
import { parseConverseRequest } from './parse-converse-request.ts'

/** Amazon Bedrock's Converse and ConverseStream. */
export const converse: Protocol = {
  serves: (path) => /\/model\/[^/]+\/converse(-stream)?$/.test(path),
  framing: awsEventStream,
  open: (body, path) => ({
    request: parseConverseRequest(body, path),
    frames: converseFrames,
    whole: converseWhole,
  }),
  failure: (failure) => ({ message: failure.message === undefined ? usual(failure) : messageOf(failure) }),
  failureHeaders: ({ status }): Readonly<Record<string, string>> => {
    const type = known[status]?.type
    return type === undefined ? {} : { 'x-amzn-errortype': `${type}:http://internal.amazon.com/` }
  },
}

interface UsualFailure {
  readonly type: string
  readonly message: string
}

const known: Readonly<Record<number, UsualFailure>> = {
  400: { type: 'ValidationException', message: 'Malformed input request, please reformat your input and try again.' },
  401: { type: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' },
  403: { type: 'AccessDeniedException', message: "You don't have access to the model with the specified model ID." },
  404: { type: 'ResourceNotFoundException', message: 'The provided model identifier is not found.' },
  408: { type: 'ModelTimeoutException', message: 'The request took too long to process.' },
  424: { type: 'ModelErrorException', message: 'The model failed to process the request.' },
  429: { type: 'ThrottlingException', message: 'Too many requests, please wait before trying again.' },
  500: { type: 'InternalServerException', message: 'The system encountered an unexpected error during processing.' },
  503: { type: 'ServiceUnavailableException', message: 'Bedrock is unable to process your request.' },
}

/** Bedrock has no other error types. Any other status comes from a proxy in front of it, and has no further information. */
const usual = ({ status }: Failure): string =>
  known[status]?.message ?? `The simulator was asked to answer with status ${status}.`

const messageOf = ({ code, message }: Failure): string | undefined =>
  code === 'context_length_exceeded' ? 'Input is too long for requested model.' : message
