import type { JsonObject } from '../../util/json.ts'

/** The body of Converse and ConverseStream, as far as it is written here. Bytes are base64. */
export type ConverseBody = {
  readonly messages: readonly Turn[]
  readonly system?: readonly SystemBlock[]
  readonly inferenceConfig?: InferenceConfig
  readonly toolConfig?: ToolConfig
  readonly outputConfig?: OutputConfig
  /** What the model's own language has and Converse has not. */
  readonly additionalModelRequestFields?: JsonObject
  readonly serviceTier?: { readonly type: 'default' | 'flex' | 'priority' }
}

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
}

/** Instructions stand apart, wherever they stood. */
export interface Conversation {
  readonly system: readonly SystemBlock[]
  readonly messages: readonly Turn[]
}

export interface InferenceConfig {
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly stopSequences?: readonly string[]
}

export interface CachePoint {
  readonly cachePoint: { readonly type: 'default'; readonly ttl?: '5m' | '1h' }
}

export interface TextBlock {
  readonly text: string
}

export type SystemBlock = TextBlock | CachePoint

interface Source {
  readonly bytes: string
}

export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'webp'
export type VideoFormat = 'mp4' | 'mov' | 'mkv' | 'webm' | 'flv' | 'mpeg' | 'wmv' | 'three_gp'
export type DocumentFormat = 'pdf' | 'csv' | 'doc' | 'docx' | 'xls' | 'xlsx' | 'html' | 'txt' | 'md'
export type AudioFormat = 'wav' | 'mp3' | 'flac' | 'm4a' | 'ogg' | 'aac' | 'opus' | 'pcm' | 'webm'

export interface ImageBlock {
  readonly image: { readonly format: ImageFormat; readonly source: Source }
}

export interface VideoBlock {
  readonly video: { readonly format: VideoFormat; readonly source: Source }
}

export interface DocumentBlock {
  readonly document: { readonly format: DocumentFormat; readonly name: string; readonly source: Source }
}

export interface AudioBlock {
  readonly audio: { readonly format: AudioFormat; readonly source: Source }
}

export interface ToolUseBlock {
  readonly toolUse: { readonly toolUseId: string; readonly name: string; readonly input: JsonObject }
}

export interface ToolResultBlock {
  readonly toolResult: {
    readonly status?: 'error'
    readonly toolUseId: string
    readonly content: readonly (TextBlock | ImageBlock | VideoBlock | DocumentBlock)[]
  }
}

export interface ReasoningBlock {
  readonly reasoningContent:
    | { readonly reasoningText: { readonly text: string; readonly signature?: string } }
    | { readonly redactedContent: string }
}

export type MediaBlock = ImageBlock | VideoBlock | DocumentBlock | AudioBlock
export type Block = TextBlock | CachePoint | MediaBlock | ToolUseBlock | ToolResultBlock | ReasoningBlock

export interface ToolConfig {
  readonly tools: readonly ({ readonly toolSpec: ToolSpec } | CachePoint)[]
  readonly toolChoice?: ToolChoice
}

export interface ToolSpec {
  readonly name: string
  readonly description?: string
  readonly inputSchema: { readonly json: JsonObject }
  readonly strict?: boolean
}

export type ToolChoice =
  | { readonly auto: Readonly<Record<string, never>> }
  | { readonly any: Readonly<Record<string, never>> }
  | { readonly tool: { readonly name: string } }

export interface OutputConfig {
  readonly textFormat: {
    readonly type: 'json_schema'
    readonly structure: {
      readonly jsonSchema: { readonly schema: string; readonly name: string; readonly description?: string }
    }
  }
}
