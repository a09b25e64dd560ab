import { GatewayError } from '../canonical/errors.ts'
import type { ChatRequest, GenerationRequest, ItemRequest, PromptRequest } from '../canonical/generation-request.ts'
import { toolsAt } from '../canonical/native-tool-for.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type {
  ChatLanguage,
  ChatProtocol,
  ChatProtocols,
  CountCall,
  Dialect,
  Framing,
  QuirksByLanguage,
  ServiceProtocols,
  SpokenLanguage,
  UpstreamCall,
  UpstreamProtocol,
  UpstreamReply,
} from '../protocols/protocol.ts'
import { imageChat, imagesOfChat } from '../protocols/images/languages/chat.ts'
import { speechChat, speechOfChat } from '../protocols/speech/languages/chat.ts'
import type { UpstreamProvider } from './upstream-provider.ts'
import { withProviderOptions } from './with-provider-options.ts'
import { search } from '../util/pattern.ts'

/** A wire language with the quirks of the provider. */
export interface LanguageAtProvider<Quirks> {
  readonly protocol: UpstreamProtocol<ChatRequest, Quirks>
  readonly quirks: Quirks
}

/**
 * Replaces the addresses that the upstream does not fetch itself by their contents. Returns the same request where there is nothing to
 * fetch.
 */
export type PrepareMedia = <Quirks>(
  request: ChatRequest,
  language: LanguageAtProvider<Quirks>,
  signal: AbortSignal,
) => ChatRequest | Promise<ChatRequest>

/**
 * Checks the addresses that are passed on to an upstream unchanged.
 * @param provider The slug of the provider, whose options are passed on.
 * @throws GatewayError for one that leads into the operator's network
 */
export type CheckMedia = (request: GenerationRequest, provider: string) => void

export interface OpenCallOptions {
  readonly chatProtocols: Partial<ChatProtocols>
  readonly completionsProtocol: UpstreamProtocol<PromptRequest, QuirksByLanguage['completions']>
  readonly serviceProtocols?: ServiceProtocols
  readonly prepareMedia: PrepareMedia
  readonly checkMedia: CheckMedia
}

interface OpenCall extends UpstreamCall {
  readonly framing: Framing
}

/**
 * Encodes a request in the language of the endpoint that is to receive it. A chat is encoded in the provider's own language; completions
 * have a language of their own.
 * @throws GatewayError for what the language cannot express.
 */
export function openCall(
  options: OpenCallOptions,
  request: GenerationRequest,
  endpoint: Endpoint,
  provider: UpstreamProvider,
  signal: AbortSignal,
): OpenCall | Promise<OpenCall> {
  const throughChat = async (
    chat: ChatRequest,
    change: (reply: UpstreamReply, providerName: string) => UpstreamReply,
  ): Promise<OpenCall> => {
    const call = await spokenChat(options, chat, endpoint, provider, signal)
    return { ...call, reply: change(call.reply, endpoint.providerName) }
  }
  options.checkMedia(request, endpoint.provider)
  switch (request.operation) {
    case 'completions':
      return opened(options.completionsProtocol, request, endpoint, completionsQuirks(provider))
    case 'chat':
      return spokenChat(options, request, endpoint, provider, signal)
    case 'embeddings':
      return openService(options.serviceProtocols?.embeddings, provider.services?.embeddings, request, endpoint)
    case 'rerank':
      return openService(options.serviceProtocols?.rerank, provider.services?.rerank, request, endpoint)
    case 'images':
      return isThroughChat(provider.services?.images, endpoint)
        ? throughChat(imageChat(request, endpoint), imagesOfChat)
        : openService(options.serviceProtocols?.images, provider.services?.images, request, endpoint)
    case 'speech':
      return isThroughChat(provider.services?.speech, endpoint)
        ? throughChat(speechChat(request, endpoint, provider.protocol), speechOfChat)
        : openService(options.serviceProtocols?.speech, provider.services?.speech, request, endpoint)
    case 'transcription':
      return openService(options.serviceProtocols?.transcription, provider.services?.transcription, request, endpoint)
  }
}

/** Encodes a request of an operation other than chat, in the language of the first service that has the model. */
function openService<
  Request extends ItemRequest,
  Language extends string,
  Service extends { readonly models?: RegExp; readonly language: Language | 'chat' },
>(
  protocols: Readonly<Record<Language, UpstreamProtocol<Request, Service>>> | undefined,
  services: readonly Service[] | undefined,
  request: Request,
  endpoint: Endpoint,
): OpenCall {
  const service = serviceFor(services, endpoint)
  const language = service?.language
  if (service === undefined || protocols === undefined || language === undefined || !isIn(language, protocols)) {
    throw new GatewayError('server', `${endpoint.providerName} has no language for ${request.operation}.`)
  }
  return opened(protocols[language], request, endpoint, service)
}

const isIn = <Name extends string>(name: string, named: Readonly<Record<Name, unknown>>): name is Name =>
  Object.hasOwn(named, name)

const serviceFor = <Service extends { readonly models?: RegExp }>(
  services: readonly Service[] | undefined,
  { upstreamModel }: Endpoint,
): Service | undefined => services?.find(({ models }) => models === undefined || search(models, upstreamModel) !== null)

const isThroughChat = (
  services: readonly { readonly models?: RegExp; readonly language: string }[] | undefined,
  endpoint: Endpoint,
): boolean => serviceFor(services, endpoint)?.language === 'chat'

/** Encodes a chat in the provider's own language. */
function spokenChat(
  options: OpenCallOptions,
  request: ChatRequest,
  endpoint: Endpoint,
  provider: UpstreamProvider,
  signal: AbortSignal,
): OpenCall | Promise<OpenCall> {
  const spoken = spokenAt(provider, request, endpoint)
  const call = spoken.protocol === 'completions' ? null : openChat(options, request, endpoint, spoken, signal)
  if (call === null) {
    throw new GatewayError('server', `${provider.slug} speaks ${spoken.protocol}, which no chat can be held in.`)
  }
  return call
}

/** Encodes the request that counts the tokens of a prompt; null where the endpoint cannot be asked. */
export function openCount(
  options: Pick<OpenCallOptions, 'chatProtocols'>,
  request: ChatRequest,
  endpoint: Endpoint,
  provider: UpstreamProvider,
): CountCall | null {
  const spoken = spokenAt(provider, request, endpoint)
  return spoken.protocol === 'completions' ? null : countIn(options, request, endpoint, spoken)
}

const countIn = <Language extends ChatLanguage>(
  { chatProtocols }: Pick<OpenCallOptions, 'chatProtocols'>,
  request: ChatRequest,
  endpoint: Endpoint,
  spoken: SpokenLanguage<Language>,
): CountCall | null => {
  const protocol: ChatProtocol<Language> | undefined = chatProtocols[spoken.protocol]
  return protocol?.openCount?.(request, endpoint, spoken.quirks) ?? null
}

const spokenAt = (provider: UpstreamProvider, request: ChatRequest, endpoint: Endpoint): SpokenLanguage =>
  provider.dialects.find((dialect) => isSpoken(dialect, request, endpoint)) ?? provider

const isSpoken = ({ models, nativeTools }: Dialect, { parameters }: ChatRequest, endpoint: Endpoint): boolean =>
  search(models, endpoint.upstreamModel) !== null &&
  (nativeTools !== true || toolsAt(parameters, endpoint).native.length > 0)

/** Returns the quirks for completions: mostly those that the same provider has for chats. */
const completionsQuirks = (spoken: SpokenLanguage): QuirksByLanguage['completions'] =>
  spoken.protocol === 'completions' || spoken.protocol === 'chat-completions' ? spoken.quirks : {}

function openChat<Language extends ChatLanguage>(
  options: OpenCallOptions,
  request: ChatRequest,
  endpoint: Endpoint,
  spoken: SpokenLanguage<Language>,
  signal: AbortSignal,
): OpenCall | Promise<OpenCall> | null {
  const protocol: ChatProtocol<Language> | undefined = options.chatProtocols[spoken.protocol]
  if (protocol === undefined) return null
  refuseForeignTools(request, protocol.name)
  const { quirks } = spoken
  const open = (ready: ChatRequest): OpenCall => opened(protocol, ready, endpoint, quirks)
  const prepared = options.prepareMedia(request, { protocol, quirks }, signal)
  return prepared instanceof Promise ? prepared.then(open) : open(prepared)
}

/**
 * Checks that the vendor tools of a request are of the language of this endpoint. Another endpoint may have the tool.
 * @throws GatewayError for a tool of a vendor whose language this endpoint does not speak.
 */
function refuseForeignTools({ parameters: { tools = [] } }: ChatRequest, language: string): void {
  for (const [index, tool] of tools.entries()) {
    if (tool.type !== 'vendor' || tool.item.language === language) continue
    const message = `${tool.name} (${String(tool.item.value['type'])}) is a tool that only providers who speak ${tool.item.language} have.`
    throw new GatewayError('invalid_request', message, { issues: [{ path: `tools[${index}]`, message }] })
  }
}

function opened<Request extends GenerationRequest, Quirks>(
  protocol: UpstreamProtocol<Request, Quirks>,
  request: Request,
  endpoint: Endpoint,
  quirks: Quirks,
): OpenCall {
  const { upstreamRequest, reply, framing = protocol.framing } = protocol.openCall(request, endpoint, quirks)
  const options = request.routing.providerOptions?.get(endpoint.provider.toLowerCase())
  const body = withProviderOptions(upstreamRequest.body, options)
  return {
    upstreamRequest: body === upstreamRequest.body ? upstreamRequest : { ...upstreamRequest, body },
    reply,
    framing,
  }
}
