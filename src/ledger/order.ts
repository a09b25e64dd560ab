import type { GenerationRequest, RequestContext } from '../canonical/generation-request.ts'

/** What the ledger remembers of a request. The request itself is let go once an endpoint answers, and a stream may last. */
export interface Order {
  readonly operation: GenerationRequest['operation']
  /** The slug the client asked for; null when it left the choice to the default. */
  readonly requestedModel: string | null
  readonly stream: boolean
  readonly client: RequestContext
  /** Length of all text sent, in UTF-16 units; a token id counts as `charactersPerToken`. */
  readonly promptCharacters: number
  /** Images in the prompt: some endpoints charge for each. */
  readonly images: number
  /** How much of what comes back is the prompt said again. */
  readonly echoedCharacters: number
}

/** English text has about four characters a token in every vocabulary in use; good to some ten percent. */
export const charactersPerToken = 4

export function orderOf(request: GenerationRequest): Order {
  const promptCharacters = lengthOf(request)
  const { input } = request
  return {
    operation: request.operation,
    requestedModel: request.models[0] ?? null,
    stream: request.stream,
    client: request.context,
    promptCharacters,
    images: imagesOf(request),
    echoedCharacters: input.type === 'prompts' && input.echo === true ? promptCharacters * (input.n ?? 1) : 0,
  }
}

function imagesOf({ input }: GenerationRequest): number {
  if (input.type === 'prompts' || !input.modalities.has('image')) return 0
  return input.messages.reduce((sum, { content }) => sum + content.filter(({ type }) => type === 'image').length, 0)
}

function lengthOf({ input }: GenerationRequest): number {
  let length = 0
  if (input.type === 'prompts') {
    for (const prompt of input.prompts) {
      length += typeof prompt === 'string' ? prompt.length : prompt.length * charactersPerToken
    }
    return length
  }
  for (const message of input.messages) {
    for (const part of message.content) if (part.type === 'text') length += part.text.length
  }
  return length
}
