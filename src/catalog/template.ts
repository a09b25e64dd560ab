import type { ParameterName } from '../canonical/parameter-name.ts'

/**
 * The rules of a model that hold wherever it is served: what its chat template, or its vendor's validation of requests, demands and
 * refuses. An absent field demands nothing. What is true of a host (names of fields, lengths of ids …) is among its provider's quirks.
 * Where either demands something, it applies; the provider's quirks decide by which field.
 */
export interface Template {
  /** Whether user and assistant messages must alternate, beginning with a user message. Neighbours of one role are joined. */
  readonly alternatingTurns?: true
  /** Whether an assistant message must come between tool results and the next user message. */
  readonly answeredTools?: true
  /** Whether the model accepts only one system message, at the beginning. All system messages are joined there. */
  readonly oneSystemMessage?: true
  /** Whether the model accepts messages without content. With false they are left out. */
  readonly emptyMessages?: false
  /** The exact length of the ids of tool calls, in letters and digits only, where the model refuses other ids. */
  readonly toolCallIdLength?: number
  /** Whether every host of the model passes requests to OpenAI's API, which sets its limits: see the quirk of the same name. */
  readonly openAiLimits?: true
  /**
   * How the reasoning of earlier assistant turns is handled. `used`: it is sent back to the model. `demanded`: the same, and while the
   * model thinks it refuses a turn with tool calls that has no reasoning. `refused`: it is left out. Absent: the provider's quirks decide.
   */
  readonly assistantReasoning?: 'used' | 'demanded' | 'refused'
  /** Whether each tool call must come back with the signature that the model gave it (Gemini). */
  readonly callSignatures?: true
  /** Whether a tool call can be forced while the model thinks. */
  readonly forcedCalls?: false
  /** Whether the model writes its reasoning between `<think>` and `</think>`, where its host leaves it in the text. */
  readonly thinkTags?: true
  /** The most messages that one request may have. */
  readonly mostMessages?: number
  /** The field for the token limit, where the model refuses the other one. */
  readonly maxTokensField?: 'max_completion_tokens'
  /**
   * Whether a speech model reads its prompt aloud word by word, and takes speakers and styles in fields of their own (Gemini). Otherwise both are
   * written into the prompt.
   */
  readonly speechMetadata?: true
  /** Whether a model that transcribes can also translate. With false it would write down the language that is spoken. */
  readonly translates?: false
  /** Parameters that the model refuses at every host. */
  readonly unsupportedParameters?: readonly ParameterName[]
}

/** A rule for the models whose plain names match. */
export interface TemplateRow {
  /** A pattern for names in the form that `modelName` returns, e.g. `kimi-k2.5` or `deepseek-r1-distill-qwen-32b`. */
  readonly models: RegExp
  /** The rule does not hold for names that match this as well. It is a pattern of its own because a lookahead in `models` can be slow. */
  readonly except?: RegExp
  readonly template: Template
  /** The source of the rule: a page of the vendor, the template itself, or reports that quote the error. */
  readonly source: string
}
