import type { ParameterName } from '../canonical/parameter-name.ts'

/**
 * What is true of a model wherever it is served: what its chat template, or its vendor's check of requests, demands and refuses.
 * Everything absent means that nothing is demanded. What is true of a host (names of fields, lengths of ids …) stands among its
 * provider's quirks. A demand of either holds; under which name a demand is met is the host's to say.
 */
export interface Template {
  /** Whether user and assistant must speak in turns, the user first: neighbours of one role are joined. */
  readonly alternatingTurns?: true
  /** Whether the assistant must speak between the results of its tools and the user's next words. */
  readonly answeredTools?: true
  /** Whether one system message alone is taken, at the beginning: all that is said in that role is joined there. */
  readonly oneSystemMessage?: true
  /** Whether messages that say nothing are taken; otherwise they are left out. */
  readonly emptyMessages?: false
  /** How long the ids of tool calls must be, of letters and digits alone, where others are refused. */
  readonly toolCallIdLength?: number
  /** Whether OpenAI's API, which all ways to the model end at, sets its limits: see the quirk of the same name. */
  readonly openAiLimits?: true
  /**
   * What becomes of the reasoning of earlier assistant turns. `used`: it goes back to the model. `demanded`: the same, and while the
   * model thinks a turn with tool calls is refused without any. `refused`: it is left out. Absent: as the provider takes it.
   */
  readonly assistantReasoning?: 'used' | 'demanded' | 'refused'
  /** Whether each call of a tool must come back with the signature that the model gave it (Gemini). */
  readonly callSignatures?: true
  /** Whether a call of a tool can be forced while the model thinks. */
  readonly forcedCalls?: false
  /** Whether the model writes its thoughts between `<think>` and `</think>`, where its host leaves them in the text. */
  readonly thinkTags?: true
  /** The field of the token limit, where the other one is refused. */
  readonly maxTokensField?: 'max_completion_tokens'
  /** Parameters that the model refuses at every host. */
  readonly unsupportedParameters?: readonly ParameterName[]
}

/** What is known of the models whose plain names match. */
export interface TemplateRow {
  /** Matches names as `modelName` writes them, e.g. `kimi-k2.5` or `deepseek-r1-distill-qwen-32b`. */
  readonly models: RegExp
  readonly template: Template
  /** Where that is said: a page of the vendor's, the template itself, or reports with the error's words. */
  readonly source: string
}
