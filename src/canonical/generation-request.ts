import type { CacheControl, ContentPart, Modality } from './content-part.ts'
import type { Message } from './message.ts'
import type { NativeSearch, XSearch } from './native-tool.ts'
import type { ItemOperation, Operation, TextOperation } from './operation.ts'
import type { PluginRequest } from './plugin-request.ts'
import type { AppliedPreset, NamedPreset } from './preset-reference.ts'
import type { ReasoningRequest } from './reasoning.ts'
import type { RoutingPreferences } from './routing-preferences.ts'
import type { StopCondition } from './stop-condition.ts'
import type { Tool, ToolChoice } from './tool.ts'

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema'
      readonly name: string
      readonly description?: string
      readonly schema?: Readonly<Record<string, unknown>>
      readonly strict?: boolean
    }
  | { readonly type: 'grammar'; readonly grammar: string }
  | { readonly type: 'python' }

/**
 * The parameters of the client, in the units of contract §1.1. An absent parameter is never filled in (contract §0.6), so that the default
 * of the upstream applies.
 */
export interface Parameters {
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly minP?: number
  readonly topA?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly repetitionPenalty?: number
  readonly logitBias?: Readonly<Record<string, number>>
  readonly logprobs?: boolean
  readonly topLogprobs?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  readonly responseFormat?: ResponseFormat
  readonly structuredOutputs?: boolean
  readonly tools?: readonly Tool[]
  readonly toolChoice?: ToolChoice
  /** The names of the tools that may be called, though all are offered. */
  readonly allowedTools?: readonly string[]
  readonly parallelToolCalls?: boolean
  readonly reasoning?: ReasoningRequest
  readonly verbosity?: string
  readonly prediction?: unknown
  readonly modalities?: readonly string[]
  readonly audio?: unknown
  readonly imageConfig?: Readonly<Record<string, unknown>>
  readonly cacheControl?: CacheControl
  readonly promptCacheKey?: string
  /** `ttl` is how long each breakpoint is kept at least, in OpenAI's words. */
  readonly promptCacheOptions?: { readonly mode: 'explicit'; readonly ttl?: string }
  /** Wishes for searches that the provider makes itself. */
  readonly webSearchOptions?: Pick<NativeSearch, 'contextSize' | 'userLocation'>
  /** Limits searches of X that the provider makes itself. */
  readonly xSearchFilter?: XSearch
  readonly serviceTier?: 'auto' | 'default' | 'flex' | 'priority' | 'scale' | 'ultrafast'
}

/** A conversation. */
export interface MessagesInput {
  readonly type: 'messages'
  readonly messages: readonly Message[]
  /** What the messages hold besides text; the router keeps only endpoints that take it. */
  readonly modalities: ReadonlySet<Modality>
}

/** Plain text to continue: completions is not a chat (contract §7). Each prompt is text or token ids. */
export interface PromptsInput {
  readonly type: 'prompts'
  readonly prompts: readonly (string | readonly number[])[]
  readonly suffix?: string
  readonly echo?: boolean
  readonly n?: number
  readonly bestOf?: number
  /** How many alternatives a token; a count, not a switch as in chat. */
  readonly logprobs?: number
}

/** The encoding of a vector: an array of numbers, or the base64 of 32-bit floats, the lowest byte first. */
export type VectorEncoding = 'float' | 'base64'

/** One thing to embed: text, token ids, or parts of several kinds that get one vector together. */
export type EmbeddingInput = string | readonly number[] | readonly ContentPart[]

export interface EmbeddingsInput {
  readonly type: 'embeddings'
  readonly inputs: readonly EmbeddingInput[]
  /** What the inputs hold besides text. */
  readonly modalities: ReadonlySet<Modality>
  readonly dimensions?: number
  /** The encoding of the vectors in the reply. */
  readonly encoding: VectorEncoding
  /** What the vectors are for, in the client's words, e.g. `search_query`. */
  readonly purpose?: string
}

/** A document to rank: text, an image (an address or a data URL), or both. */
export interface RankedDocument {
  readonly text?: string
  readonly image?: string
}

export interface RerankInput {
  readonly type: 'rerank'
  readonly query: string
  readonly documents: readonly RankedDocument[]
  /** What the documents hold besides text. */
  readonly modalities: ReadonlySet<Modality>
  /** How many of the best documents are returned. Absent: all. */
  readonly topN?: number
}

/** Width and height of an image in pixels. */
export interface PixelSize {
  readonly width: number
  readonly height: number
}

/** The size and the shape of an image, as far as the client chose them. */
export interface ImageFrame {
  readonly size?: PixelSize
  /** In the words of the contract, e.g. `1K`. */
  readonly resolution?: string
  /** Width to height, e.g. `16:9`. */
  readonly aspectRatio?: string
}

/** What `POST /images` asks for (contract §8.B). */
export interface ImagesInput {
  readonly type: 'images'
  readonly prompt: string
  /** Addresses or data URLs of images to start from. */
  readonly references: readonly string[]
  /** The same of an image whose transparent places are those of the first reference that may change. */
  readonly mask?: string
  readonly n?: number
  readonly frame: ImageFrame
  readonly quality?: string
  readonly outputFormat?: string
  readonly background?: string
  readonly outputCompression?: number
  readonly seed?: number
  /** How many unfinished images a stream shows. */
  readonly partialImages?: number
}

export type SpeechFormat = 'mp3' | 'opus' | 'aac' | 'flac' | 'wav' | 'pcm'

/** A piece of a text that is spoken in one voice. */
export interface SpeechTurn {
  readonly text: string
  readonly voice?: string
  /** How it is spoken. */
  readonly instructions?: string
}

/** A clip of a voice with its transcript, or an image of the speaker. `data` is Base64; a clip has either data or an address. */
export type SpeechReference =
  | {
      readonly type: 'clip'
      readonly data?: string
      readonly url?: string
      readonly format?: string
      readonly transcript: string
    }
  | { readonly type: 'image'; readonly data?: undefined; readonly url: string }

/** What `POST /audio/speech` asks for (contract §8.B). */
export interface SpeechInput {
  readonly type: 'speech'
  readonly turns: readonly SpeechTurn[]
  readonly format: SpeechFormat
  readonly speed?: number
  readonly references: readonly SpeechReference[]
}

/** Audio that a client sent. It lies outside of the memory, and is read anew for each call. */
export interface AudioFile {
  readonly name: string
  readonly mediaType: string
  readonly bytes: number
  /** The audio is no longer than the one, and about as long as the other, in seconds. */
  readonly longestSeconds: number
  readonly likelySeconds: number
  readonly read: () => AsyncIterable<Buffer>
}

/** What `POST /audio/transcriptions` and `POST /audio/translations` ask for (contract §8.B). */
export interface TranscriptionInput {
  readonly type: 'transcription'
  /** `translate`: what is said is written in English. */
  readonly task: 'transcribe' | 'translate'
  readonly audio: AudioFile
  readonly language?: string
  readonly temperature?: number
  readonly format: 'json' | 'verbose_json'
  readonly granularities?: readonly ('segment' | 'word')[]
  readonly diarize?: boolean
  readonly keyterms?: readonly string[]
}

/** A stretch of the conversation as it came, and what decoding made of it. */
export interface Stretch {
  readonly messages: readonly Message[]
  readonly wire: readonly Readonly<Record<string, unknown>>[]
}

/** The request as it was received, for an upstream of the same protocol (principle 2). */
export interface Source {
  readonly protocol: string
  readonly body: Readonly<Record<string, unknown>>
  /** What decoding first made of a chat: `input.messages[i] === messages[i]` tells that message `i` was not changed since. */
  readonly messages: readonly Message[]
  /** Where the language cuts a conversation otherwise: which of its pieces became which messages. Absent: each piece is one message. */
  readonly stretches?: readonly Stretch[]
  readonly parameters: Parameters
  /** Length of the body in bytes; null when it was not announced. No text in it can be more tokens than that. */
  readonly bytes: number | null
}

/** What is asked of the response cache. */
export interface CacheWish {
  /** Whether an answer may come from the cache, and is kept there. Absent: nobody asked. */
  readonly enabled?: boolean
  /** How long an answer is kept. Absent: as long as usual. */
  readonly ttlSeconds?: number
  /** Whether only a new answer will do, in place of the one that is kept. */
  readonly clear: boolean
}

/** What the client states about itself and the request, for records and observability. It is never sent to an upstream as it is. */
export interface RequestContext {
  readonly user?: string
  /** The same as upstreams may know it, keyed and hashed; added by the gateway. */
  readonly upstreamUser?: string
  /** The headers that tell the upstream of the trace; added by the gateway to each call. */
  readonly upstreamTrace?: Readonly<Record<string, string>>
  readonly sessionId?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly trace?: Readonly<Record<string, unknown>>
  readonly userAgent?: string
  readonly referer?: string
  readonly title?: string
  /** Whether the client opted in to `openrouter_metadata`. */
  readonly routerMetadata: boolean
  /** Whether the first chunks echo the body sent upstream (contract §4.6). */
  readonly echoUpstreamBody: boolean
  /** Features of Anthropic's that the client asked for by `x-anthropic-beta`. */
  readonly anthropicBetas?: readonly string[]
  readonly cache?: CacheWish
  /** Whether another endpoint goes on with a stream that breaks off; absent: as configured. */
  readonly streamRescue?: 'continue' | 'off'
}

/** When the loop of server tools ends. */
export interface ToolLoopLimits {
  /** The most calls of server tools, from 1 to 30. It is ignored where `stopWhen` is set (contract §1.1). */
  readonly maxCalls?: number
  /** The loop ends when any of these is met. */
  readonly stopWhen?: readonly StopCondition[]
}

interface RequestFields {
  /** Model slugs in the order to try; empty means the configured default. */
  readonly models: readonly string[]
  /** The preset that the request names, and after that the one that is part of it. Absent: none. */
  readonly preset?: NamedPreset | AppliedPreset
  readonly stream: boolean
  readonly parameters: Parameters
  readonly routing: RoutingPreferences
  /** The plugins that the request switches on or off. Absent: it names none. */
  readonly plugins?: readonly PluginRequest[]
  readonly toolLoop?: ToolLoopLimits
  /** A plugin repairs an answer whose JSON is damaged, so that no other endpoint is asked for a better one. */
  readonly repairsAnswer?: true
  readonly context: RequestContext
  readonly source: Source
}

export interface ChatRequest extends RequestFields {
  readonly operation: 'chat'
  readonly input: MessagesInput
}

export interface PromptRequest extends RequestFields {
  readonly operation: 'completions'
  readonly input: PromptsInput
}

export interface EmbeddingsRequest extends RequestFields {
  readonly operation: 'embeddings'
  readonly input: EmbeddingsInput
}

export interface RerankRequest extends RequestFields {
  readonly operation: 'rerank'
  readonly input: RerankInput
}

export interface ImagesRequest extends RequestFields {
  readonly operation: 'images'
  readonly input: ImagesInput
}

export interface SpeechRequest extends RequestFields {
  readonly operation: 'speech'
  readonly input: SpeechInput
}

export interface TranscriptionRequest extends RequestFields {
  readonly operation: 'transcription'
  readonly input: TranscriptionInput
}

/** One request in the canonical model. It is never changed: a rung that changes something makes a new request. */
export type GenerationRequest = RequestOf<Operation>

export type RequestOf<Name extends Operation> = RequestByOperation[Name]

interface RequestByOperation {
  readonly chat: ChatRequest
  readonly completions: PromptRequest
  readonly embeddings: EmbeddingsRequest
  readonly rerank: RerankRequest
  readonly images: ImagesRequest
  readonly speech: SpeechRequest
  readonly transcription: TranscriptionRequest
}

/** A request to a language model for text: the only kind that plugins, tools and rescue have something to do with. */
export type TextRequest = RequestOf<TextOperation>

/** A request for items, such as vectors or images. */
export type ItemRequest = RequestOf<ItemOperation>

export function isTextRequest(request: GenerationRequest): request is TextRequest {
  return request.operation === 'chat' || request.operation === 'completions'
}

/** Tells whether a text may end an answer before its first word. */
export const hasStops = ({ stop = [] }: Parameters): boolean => stop.length > 0
