import type { GatewayError, Retry } from '../canonical/errors.ts'
import type { CallEvent, GenerationBatch } from '../canonical/generation-event.ts'
import type { FilePart, ImagePart, VideoPart } from '../canonical/content-part.ts'
import type { ItemOperation } from '../canonical/operation.ts'
import type { FormFile } from '../util/form/write-form.ts'
import type { ChatRequest, GenerationRequest, RequestOf } from '../canonical/generation-request.ts'
import type { GenerationResult } from '../canonical/generation-result.ts'
import type { RouterMetadata } from '../canonical/router-metadata.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { ChatCompletionsQuirks } from './chat-completions/quirks.ts'
import type { CohereChatQuirks } from './cohere-chat/quirks.ts'
import type { CompletionsQuirks } from './completions/quirks.ts'
import type { EmbeddingsService } from './embeddings/quirks.ts'
import type { GenerateContentQuirks } from './generate-content/quirks.ts'
import type { ImagesService } from './images/quirks.ts'
import type { MessagesQuirks } from './messages/quirks.ts'
import type { RerankService } from './rerank/quirks.ts'
import type { ResponsesQuirks } from './responses/quirks.ts'
import type { SpeechService } from './speech/quirks.ts'
import type { TranscriptionService } from './transcription/quirks.ts'

/** Lower-case header names, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** What is the same in every chunk of one reply. `created` is in Unix seconds. */
export interface ReplyIdentity {
  readonly id: string
  readonly created: number
  /** The time in Unix milliseconds. */
  readonly now: () => number
}

/** Writes errors in the words of a wire language. */
export interface ErrorEncoder {
  /** @param generationId The id of the generation that failed, where it has one by then. */
  encodeError(error: GatewayError, metadata?: RouterMetadata, generationId?: string): object
}

/** The request half of the client side of a wire language. `Body` is what reading the request gives: usually JSON. */
interface RequestProtocol<Request extends GenerationRequest, Body> extends ErrorEncoder {
  readonly name: string
  /** @throws GatewayError with `issues` when the body is not valid. */
  decodeRequest(body: Body, headers: RequestHeaders): Request
}

/** The client side of a wire language whose replies are bytes, such as audio. */
export interface BytesProtocol<Request extends GenerationRequest> extends RequestProtocol<Request, unknown> {
  readonly mediaType: (request: Request) => string
}

/** The client side of a wire language whose replies are not streamed. */
export interface ReplyProtocol<Request extends GenerationRequest, Body = unknown> extends RequestProtocol<
  Request,
  Body
> {
  /** Returns the reply, or its JSON text where parts of it go on as they came. */
  encodeResult(identity: ReplyIdentity, result: GenerationResult, request: Request): object | string
  /** Whether a JSON reply can show an answer that broke off; otherwise only the error is answered. */
  readonly showsBrokenAnswers: boolean
}

/** The client side of a wire language. Most are languages of chats. */
export interface ClientProtocol<Request extends GenerationRequest = ChatRequest, Body = unknown> extends ReplyProtocol<
  Request,
  Body
> {
  /** Turns batches into the bytes of an event stream, terminator included. */
  streamEncoder(identity: ReplyIdentity, request: Request): (batch: GenerationBatch) => string
  /** What is written into a silent stream, so that neither the client nor a proxy closes it: a comment, or an empty event. */
  readonly keepAlive: string
}

/** The languages that an upstream can be spoken to in, each with what differs between those who speak it. */
export interface QuirksByLanguage {
  readonly 'chat-completions': ChatCompletionsQuirks
  readonly completions: CompletionsQuirks
  readonly responses: ResponsesQuirks
  readonly messages: MessagesQuirks
  readonly 'generate-content': GenerateContentQuirks
  readonly converse: PlainForm
  readonly 'cohere-chat': CohereChatQuirks
}

export type UpstreamLanguage = keyof QuirksByLanguage

/** The languages that a chat can be held in. */
export type ChatLanguage = Exclude<UpstreamLanguage, 'completions'>

/** A language as one provider speaks it. */
export type SpokenLanguage<Language extends UpstreamLanguage = UpstreamLanguage> = {
  readonly [Name in Language]: { readonly protocol: Name; readonly quirks: QuirksByLanguage[Name] }
}[Language]

/** How a provider speaks of each operation that is no chat. */
interface ServiceByOperation {
  readonly embeddings: EmbeddingsService
  readonly rerank: RerankService
  readonly images: ImagesService
  readonly speech: SpeechService
  readonly transcription: TranscriptionService
}

/** What a provider serves besides chats. Of several rows for one operation, the first whose pattern matches the model counts. */
export type Services = { readonly [Name in ItemOperation]?: readonly ServiceByOperation[Name][] }

/** The upstream side of every language of the operations that are no chats. */
export type ServiceProtocols = {
  readonly [Name in ItemOperation]: Readonly<
    Record<
      Exclude<ServiceByOperation[Name]['language'], 'chat'>,
      UpstreamProtocol<RequestOf<Name>, ServiceByOperation[Name]>
    >
  >
}

/** How some models of a provider are spoken to otherwise than the rest: in place of the provider's quirks, not beside them. */
export type Dialect = {
  readonly [Name in ChatLanguage]: {
    /** Matches the upstream's own ids of these models. */
    readonly models: RegExp
    /** Whether this is only for requests that use a tool of the provider's own. */
    readonly nativeTools?: true
    readonly protocol: Name
    readonly quirks: QuirksByLanguage[Name]
  }
}[ChatLanguage]

/** A request ready to be sent, but for the provider's address and credentials. */
export interface UpstreamRequest {
  readonly method: 'POST'
  /** Below the provider's base URL, with a leading slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** What `JSON.stringify` will send; kept as an object for the debug echo. */
  readonly body: Readonly<Record<string, unknown>>
  /** Makes the body a form: its fields, and these files. */
  readonly files?: readonly FormFile[]
  /** Whether the reply is an event stream, or another stream that is read as it comes. */
  readonly stream: boolean
}

/** One unit of an upstream's stream. */
export type Frame =
  | { readonly type: 'data'; readonly event: string | null; readonly data: string }
  | { readonly type: 'comment' }

/** What an upstream says of a failure: in a reply of that status, or within one that began well. */
export interface SaidFailure {
  /** Within a reply: what it would have been. */
  readonly status: number
  readonly body: unknown
}

/** A reply whose status is not 2xx. */
export interface FailedReply extends SaidFailure {
  readonly headers: ResponseHeaders
  /** When it came, in Unix milliseconds: how long to wait may be said as a time of day. */
  readonly receivedAt: number
}

export interface UpstreamFailure {
  readonly error: GatewayError
  readonly retry: Retry
}

/**
 * One call to an upstream. Its halves are one object a call, so that what encoding changed, decoding can undo, and two fields, so
 * that the request can be let go of while a reply still streams.
 */
export interface UpstreamCall {
  readonly upstreamRequest: UpstreamRequest
  readonly reply: UpstreamReply
  /** Absent: that of the protocol. */
  readonly framing?: Framing
}

/** Decoding never throws for what an upstream sent: malformed input becomes an `error` event. */
export interface UpstreamReply {
  decodeFrame(frame: Frame): readonly CallEvent[]
  /** The next bytes of a reply that has no frames. Absent: such replies do not come in this language. */
  decodeBytes?(bytes: Buffer): readonly CallEvent[]
  /** The stream closed: exactly one `end` or `error`, which says whether it was complete or cut. Empty when one was sent already. */
  decodeEnd(): readonly CallEvent[]
  /** A whole JSON reply with a 2xx status; ends with `end` or `error`. */
  decodeResult(body: unknown): readonly CallEvent[]
  /** Takes out of the text of such a reply what need not be parsed. It is called once, before `decodeResult`. */
  readonly cut?: (text: string) => string
  decodeError(reply: FailedReply): UpstreamFailure
}

/** The question how many tokens a prompt has. It is free, and brings no answer of a model. */
export interface CountCall {
  readonly upstreamRequest: UpstreamRequest
  /** Reads the number from a reply with a 2xx status; null where it says none. */
  readonly decodeCount: (body: unknown) => number | null
}

/** No quirks: a language in its plain form. */
export type PlainForm = Readonly<Record<string, never>>

/** How streams are cut into frames. Of AWS's, a frame's `event` is the event type, or the exception type. `bytes` have no frames. */
export type Framing = 'sse' | 'aws-event-stream' | 'bytes'

/** The upstream side of a wire language. Most are languages of chats. */
export interface UpstreamProtocol<Request extends GenerationRequest = ChatRequest, Quirks = PlainForm> {
  readonly name: string
  readonly framing: Framing
  /**
   * Whether the upstream fetches this http(s) address itself. What it does not take is fetched before the call, and stands in the
   * request as a data URL. Absent: it takes all.
   */
  readonly takesUrl?: (part: ImagePart | FilePart | VideoPart, quirks: Quirks) => boolean
  readonly openCall: (request: Request, endpoint: Endpoint, quirks: Quirks) => UpstreamCall
  /** Absent: the language has no way to ask for the length of a prompt. Null: this host has none. */
  readonly openCount?: (request: Request, endpoint: Endpoint, quirks: Quirks) => CountCall | null
}

/** A language that chats are held in. */
export type ChatProtocol<Language extends ChatLanguage> = UpstreamProtocol<ChatRequest, QuirksByLanguage[Language]>

/** The upstream side of every language of chats. */
export type ChatProtocols = { readonly [Language in ChatLanguage]: ChatProtocol<Language> }
