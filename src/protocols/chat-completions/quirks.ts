import type { OpenAiQuirks } from '../openai/quirks.ts'

/**
 * What differs between providers that speak chat-completions. Everything absent means the language's plain form. What a model's
 * template demands stands in the catalogue: a demand of either holds, and the provider decides under which name.
 */
export interface ChatCompletionsQuirks extends OpenAiQuirks {
  /** Whether the role `developer` is known; otherwise it is sent as `system`. */
  readonly developerRole?: boolean
  /**
   * In which field an earlier assistant turn's reasoning is sent back. Absent: in those it came in. `none`: it is dropped, unless the
   * model's template needs it and fields beside `messageFields` are not refused.
   */
  readonly assistantReasoningField?: 'reasoning' | 'reasoning_content' | 'reasoning_details' | 'none'
  /**
   * Which marks of what is to be cached are understood: all that we take, `cache_control` on parts, or `prompt_cache_breakpoint` there.
   * Others are said in those (contract §2.2). Default: none, and they are dropped.
   */
  readonly cacheControl?: boolean | 'parts' | 'breakpoint'
  /** Whether the provider fetches http(s) addresses of images and files itself, or of images alone. Default true. */
  readonly fetchesUrls?: boolean | 'images'
  /**
   * Whether thoughts of any model may stand in the text, between `<think>` and `</think>` at its beginning. Text that begins otherwise
   * is untouched. For servers whose models are not known beforehand; the catalogue says it of models.
   */
  readonly thinkTags?: boolean
  /**
   * The fields that messages may have besides role, content, tool calls and the one for reasoning, where all others are refused.
   * Absent: every field is passed on unchanged.
   */
  readonly messageFields?: readonly string[]
  /** Whether every message may carry a `name`; otherwise it stands before the words, but for tools (contract §2.1). Default true. */
  readonly names?: boolean
  /**
   * Whether one system message alone is taken, at the beginning: all that is said in that role is joined there. For servers that apply
   * the template of any model; the catalogue says it of models. Default false.
   */
  readonly oneSystemMessage?: boolean
  /** Whether messages that say nothing are taken; otherwise they are left out. Default true. */
  readonly emptyMessages?: boolean
  /** What tells the provider that a trailing assistant message is to be continued, where that alone does not. */
  readonly prefill?: {
    readonly message?: Readonly<Record<string, unknown>>
    readonly body?: Readonly<Record<string, unknown>>
    readonly path?: string
  }
  /** The tool choices that are known; `named` is one function. Others are said in those, or dropped. Absent: all. */
  readonly toolChoices?: readonly ('auto' | 'none' | 'required' | 'named')[]
  /**
   * Whether OpenAI's limits hold: ids of calls of at most 40 characters, names of functions and speakers in its letters, schemas of
   * functions that say `properties` and `items`, and tools that return text. The catalogue says it of OpenAI's own models. Default false.
   */
  readonly openAiLimits?: boolean
  /** Whether the messages of tools hold text alone: then images and files stand in a message of the user's. Default false. */
  readonly textToolResults?: boolean
  /** Whether functions may say `strict`. Default true. */
  readonly strictTools?: boolean
  /** Whether a function without parameters must say so with an empty schema. Default false. */
  readonly toolParameters?: boolean
  /** Whether a schema that is to be held to strictly must keep to the part of JSON Schema that OpenAI takes. Default false. */
  readonly strictSubset?: boolean
  /**
   * How the provider's own tools are written: OpenAI's `web_search_options`, the same with Perplexity's filter of domains, or OpenRouter's
   * server tools. Default: `search-options`.
   */
  readonly nativeTools?: 'search-options' | 'perplexity' | 'openrouter'
  /** Fields that every chat carries besides. */
  readonly chatFields?: Readonly<Record<string, unknown>>
}
