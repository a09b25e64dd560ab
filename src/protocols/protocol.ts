import type { GatewayError, Retry } from '../canonical/errors.ts'
import type { CallEvent, GenerationBatch } from '../canonical/generation-event.ts'
import type { FilePart, ImagePart, VideoPart } from '../canonical/content-part.ts'
import type { ChatRequest, GenerationRequest } from '../canonical/generation-request.ts'
import type { GenerationResult } from '../canonical/generation-result.ts'
import type { RouterMetadata } from '../canonical/router-metadata.ts'
import type { Endpoint } from '../catalog/endpoint.ts'

/** Lower-case header names, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** What is the same in every chunk of one reply. `created` is in Unix seconds. */
export interface ReplyIdentity {
  readonly id: string
  readonly created: number
}

/** Writes errors in the words of a wire language. */
export interface ErrorEncoder {
  encodeError(error: GatewayError, metadata?: RouterMetadata): object
}

/** The client side of a wire language. Most are languages of chats. */
export interface ClientProtocol<Request extends GenerationRequest = ChatRequest> extends ErrorEncoder {
  readonly name: string
  /** @throws GatewayError with `issues` when the body is not valid. */
  decodeRequest(body: unknown, headers: RequestHeaders): Request
  /** Turns batches into the bytes of an event stream, terminator included. */
  streamEncoder(identity: ReplyIdentity, request: Request): (batch: GenerationBatch) => string
  /** What is written into a stream that has long been silent, so that nobody between takes it for dead: a comment, or an empty event. */
  readonly keepAlive: string
  encodeResult(identity: ReplyIdentity, result: GenerationResult, request: Request): object
  /** Whether a JSON reply can show an answer that broke off; otherwise only the error is answered. */
  readonly showsBrokenAnswers: boolean
}

/** What differs between providers that speak the same language. Everything absent means the language's plain form. */
export interface Quirks {
  /** Default `max_tokens`. OpenAI's reasoning models refuse it. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** Whether the role `developer` is known; otherwise it is sent as `system`. */
  readonly developerRole?: boolean
  /**
   * How reasoning is asked for: OpenAI's `reasoning_effort`, OpenRouter's `reasoning` object, `thinking: {type}`
   * (Z.AI, Moonshot, DeepSeek), `enable_thinking` with `thinking_budget` (Alibaba, SiliconFlow), or not at all.
   */
  readonly reasoningField?: 'reasoning_effort' | 'reasoning' | 'thinking' | 'enable_thinking' | 'none'
  /** In which field an earlier assistant turn's reasoning is sent back. Absent: in those it came in; `none`: it is dropped. */
  readonly assistantReasoningField?: 'reasoning' | 'reasoning_content' | 'reasoning_details' | 'none'
  /** The `format` of the reasoning that this provider encrypts, and reads back, where it is not the language's usual one. */
  readonly reasoningFormat?: string
  /**
   * Which marks of what is to be cached are understood: all that we take, `cache_control` on parts, or `prompt_cache_breakpoint` there.
   * Others are said in those (contract §2.2). Default: none, and they are dropped.
   */
  readonly cacheControl?: boolean | 'parts' | 'breakpoint'
  /** Whether `stream_options: {include_usage: true}` is understood. Default true. */
  readonly streamUsage?: boolean
  /** Whether the request's `metadata` is accepted. Default false. */
  readonly metadata?: boolean
  /** The field for the hashed end-user identity; absent: it is not sent. */
  readonly userField?: 'user' | 'safety_identifier' | 'user_id'
  /** Whether `service_tier` is understood, and `ultrafast` among its values. Default false. */
  readonly serviceTier?: boolean | 'ultrafast'
  /** Parameters that are always refused by this provider, whatever the model lists. */
  readonly dropParameters?: readonly string[]
  /** Parameters that this provider knows under another name. */
  readonly renameParameters?: Readonly<Record<string, string>>
  /**
   * Who serves Anthropic's Messages. `anthropic`, the default, also stands for those who copy its address: Azure AI Foundry and
   * others. `vertex`: the base URL ends in `/projects/{project}/locations/{location}`, the model stands in the path
   * `/publishers/anthropic/models/{model}:streamRawPredict`, the version of the language in the body, and no address is fetched.
   */
  readonly messagesHost?: 'anthropic' | 'vertex'
  /**
   * Who serves Google's generateContent: the Gemini API, or Vertex AI, whose base URL ends in
   * `/projects/{project}/locations/{location}`.
   */
  readonly generateContentHost?: 'gemini-api' | 'vertex'
  /** Whether the provider fetches http(s) addresses of images and files itself, or of images alone. Default true. */
  readonly fetchesUrls?: boolean | 'images'
  /** Whether thoughts stand in the text, between `<think>` and `</think>` at its beginning. Text that begins otherwise is untouched. */
  readonly thinkTags?: boolean
  /**
   * The fields that messages may have besides role, content, tool calls and the one for reasoning, where all others are refused.
   * Absent: every field goes on as it came.
   */
  readonly messageFields?: readonly string[]
  /** Whether every message may carry a `name`; otherwise it stands before the words, but for tools (contract §2.1). Default true. */
  readonly names?: boolean
  /** Whether one system message alone is taken, at the beginning: all that is said in that role is joined there. Default false. */
  readonly oneSystemMessage?: boolean
  /**
   * Which order of turns is demanded. `alternate`: user and assistant in turns, the user first, so neighbours of one role are joined.
   * `answer-tools`: the assistant speaks between the results of its tools and the user's next words.
   */
  readonly turns?: 'alternate' | 'answer-tools'
  /** Whether messages that say nothing are taken; otherwise they are left out. Default true. */
  readonly emptyMessages?: boolean
  /** How long the ids of tool calls must be, of letters and digits alone, where others are refused. */
  readonly toolCallIdLength?: number
  /** What tells the provider that a trailing assistant message is to be continued, where that alone does not. */
  readonly prefill?: {
    readonly message?: Readonly<Record<string, unknown>>
    readonly body?: Readonly<Record<string, unknown>>
    readonly path?: string
  }
  /** The tool choices that are known; `named` is one function. Others are said in those, or dropped. Absent: all. */
  readonly toolChoices?: readonly ('auto' | 'none' | 'required' | 'named')[]
  /** Whether a call can be forced whenever a model thinks, so that a tool can stand for a structured answer. Default true. */
  readonly answerTool?: boolean
  /** Whether functions may say `strict`. Default true. */
  readonly strictTools?: boolean
  /** Whether a function without parameters must say so with an empty schema. Default false. */
  readonly toolParameters?: boolean
  /** Whether a schema that is to be held to strictly must keep to the part of JSON Schema that OpenAI takes. Default false. */
  readonly strictSubset?: boolean
  /** Fields that every chat carries besides. */
  readonly chatFields?: Readonly<Record<string, unknown>>
  /** Addresses below the base URL, where they differ from `/chat/completions` and `/completions`. */
  readonly paths?: { readonly chat?: string; readonly completions?: string }
}

/** The languages that an upstream can be spoken to in. */
export type UpstreamLanguage =
  | 'chat-completions'
  | 'responses'
  | 'messages'
  | 'generate-content'
  | 'converse'
  | 'cohere-chat'

/** How some models of a provider are spoken to otherwise than the rest. */
export interface Dialect {
  /** Matches the upstream's own ids of these models. */
  readonly models: RegExp
  readonly protocol: UpstreamLanguage
  /** In place of the provider's, not beside them. */
  readonly quirks: Quirks
}

/** A request ready to be sent, but for the provider's address and credentials. */
export interface UpstreamRequest {
  readonly method: 'POST'
  /** Below the provider's base URL, with a leading slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** What `JSON.stringify` will send; kept as an object for the debug echo. */
  readonly body: Readonly<Record<string, unknown>>
  /** Whether the reply is an event stream. */
  readonly stream: boolean
}

/** One unit of an upstream's stream. */
export type Frame =
  | { readonly type: 'data'; readonly event: string | null; readonly data: string }
  | { readonly type: 'comment' }

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
}

/** Decoding never throws for what an upstream sent: malformed input becomes an `error` event. */
export interface UpstreamReply {
  decodeFrame(frame: Frame): readonly CallEvent[]
  /** The stream closed: exactly one `end` or `error`, which says whether it was complete or cut. Empty when one was sent already. */
  decodeEnd(): readonly CallEvent[]
  /** A whole JSON reply with a 2xx status; ends with `end` or `error`. */
  decodeResult(body: unknown): readonly CallEvent[]
  decodeError(status: number, headers: ResponseHeaders, body: unknown): UpstreamFailure
}

/** The upstream side of a wire language. Most are languages of chats. */
export interface UpstreamProtocol<Request extends GenerationRequest = ChatRequest> {
  readonly name: string
  /** How its streams are cut into frames. Of AWS's, a frame's `event` is the event type, or the exception type. */
  readonly framing: 'sse' | 'aws-event-stream'
  /**
   * Whether the upstream fetches this http(s) address itself. What it does not take is fetched before the call, and stands in the
   * request as a data URL. Absent: it takes all.
   */
  readonly takesUrl?: (part: ImagePart | FilePart | VideoPart, quirks: Quirks) => boolean
  readonly openCall: (request: Request, endpoint: Endpoint, quirks: Quirks) => UpstreamCall
}
