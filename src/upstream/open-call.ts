import { GatewayError } from '../canonical/errors.ts'
import type { ChatRequest, GenerationRequest, PromptRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Quirks, UpstreamCall, UpstreamProtocol } from '../protocols/protocol.ts'
import type { UpstreamProvider } from './upstream-provider.ts'
import { withProviderOptions } from './with-provider-options.ts'
import { search } from '../util/pattern.ts'

/** A wire language with what the provider makes of it. */
export interface ChatLanguage {
  readonly protocol: UpstreamProtocol
  readonly quirks: Quirks
}

/** Puts in what the upstream does not fetch itself; the request as it is where there is nothing to fetch. */
export type PrepareMedia = (
  request: ChatRequest,
  language: ChatLanguage,
  signal: AbortSignal,
) => ChatRequest | Promise<ChatRequest>

export interface OpenCallOptions {
  /** The languages of chats by name. */
  readonly chatProtocols: ReadonlyMap<string, UpstreamProtocol>
  readonly completionsProtocol: UpstreamProtocol<PromptRequest>
  readonly prepareMedia: PrepareMedia
}

interface OpenCall extends UpstreamCall {
  readonly framing: UpstreamProtocol['framing']
}

/**
 * A request in the language of the endpoint that is to get it. A chat is spoken in the provider's own; completions are a language of their own.
 * @throws GatewayError for what the language cannot say.
 */
export function openCall(
  options: OpenCallOptions,
  request: GenerationRequest,
  endpoint: Endpoint,
  provider: UpstreamProvider,
  signal: AbortSignal,
): OpenCall | Promise<OpenCall> {
  switch (request.operation) {
    case 'completions':
      return opened(options.completionsProtocol, request, endpoint, provider.quirks)
    case 'chat': {
      const language = chatLanguage(options, endpoint, provider)
      const { protocol, quirks } = language
      const open = (ready: ChatRequest): OpenCall => opened(protocol, ready, endpoint, quirks)
      const prepared = options.prepareMedia(request, language, signal)
      return prepared instanceof Promise ? prepared.then(open) : open(prepared)
    }
  }
}

function opened<Request extends GenerationRequest>(
  protocol: UpstreamProtocol<Request>,
  request: Request,
  endpoint: Endpoint,
  quirks: Quirks,
): OpenCall {
  const { upstreamRequest, reply } = protocol.openCall(request, endpoint, quirks)
  const options = request.routing.providerOptions?.get(endpoint.provider.toLowerCase())
  const body = withProviderOptions(upstreamRequest.body, options)
  return {
    upstreamRequest: body === upstreamRequest.body ? upstreamRequest : { ...upstreamRequest, body },
    reply,
    framing: protocol.framing,
  }
}

/** In which language, and with which quirks, a model is spoken to at its provider. */
function chatLanguage(
  { chatProtocols }: OpenCallOptions,
  { upstreamModel }: Endpoint,
  provider: UpstreamProvider,
): ChatLanguage {
  const dialect = provider.dialects.find(({ models }) => search(models, upstreamModel) !== null) ?? provider
  const protocol = chatProtocols.get(dialect.protocol)
  if (protocol === undefined) {
    throw new GatewayError('server', `${provider.slug} speaks ${dialect.protocol}, which no chat can be held in.`)
  }
  return { protocol, quirks: dialect.quirks }
}
