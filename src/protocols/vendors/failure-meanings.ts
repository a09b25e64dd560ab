/** What a failure means, whatever its status. */
export type Meaning =
  /** The request is longer than the model's context. */
  | 'context-length'
  /** More output was asked for than the model can write. */
  | 'output-length'
  /** The request alone is more than a limit a minute allows, so that waiting does not help. */
  | 'too-large'
  /** The content is refused: it is the request's fault, not the key's. */
  | 'content'
  /** An image cannot be used. */
  | 'image'
  /** The account of the key does not pay. */
  | 'credits'
  /** The key is not good. */
  | 'key'
  | 'overloaded'
  | 'rate'
  /** Another account may be able to. */
  | 'other-account'
  /** Something that only this endpoint does not take. */
  | 'unsupported'

interface Said {
  readonly meaning: Meaning
  readonly vendor: string
  /** Words for programs, in small letters: one of them is among the codes. */
  readonly codes?: readonly string[]
  /** Words for people, in small letters: one of them stands in the message. Of a list, all do. */
  readonly phrases?: readonly (string | readonly string[])[]
  /** Where that is documented or was seen. */
  readonly source: string
  /** Whether it is looked for only in refusals of a request (400, 413, 422): elsewhere the same words may mean something else. */
  readonly inRefusals?: true
}

/** What vendors say, one row each: the first that fits counts. What their language says with a status alone is no row. */
const meanings: readonly Said[] = [
  // The request is too long.
  {
    meaning: 'context-length',
    vendor: 'OpenAI, and servers that copy it (vLLM, SGLang, OpenRouter)',
    codes: ['context_length_exceeded'],
    phrases: ['maximum context length', 'exceeds the context window'],
    source: 'https://platform.openai.com/docs/guides/error-codes',
  },
  {
    meaning: 'context-length',
    vendor: 'Anthropic',
    phrases: ['prompt is too long', ['input length and `max_tokens` exceed', 'context limit']],
    source: 'https://docs.anthropic.com/en/docs/build-with-claude/context-windows',
  },
  {
    meaning: 'context-length',
    vendor: 'Google',
    phrases: [['token count', 'exceeds the maximum']],
    source: 'https://github.com/badlogic/pi-mono/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    meaning: 'context-length',
    vendor: 'Amazon Bedrock',
    phrases: ['input is too long for requested model'],
    source: 'https://github.com/badlogic/pi-mono/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    meaning: 'context-length',
    vendor: 'xAI',
    phrases: ['maximum prompt length is'],
    source: 'https://github.com/badlogic/pi-mono/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    meaning: 'context-length',
    vendor: 'Groq',
    phrases: ['reduce the length of the messages'],
    source: 'https://github.com/badlogic/pi-mono/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    meaning: 'context-length',
    vendor: 'Mistral',
    phrases: [['too large for model with', 'maximum context length']],
    source: 'https://github.com/badlogic/pi-mono/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    meaning: 'context-length',
    vendor: 'Moonshot',
    phrases: ['exceeded model token limit'],
    source: 'https://github.com/MoonshotAI/kimi-cli/issues/2011',
  },
  {
    meaning: 'context-length',
    vendor: 'llama.cpp, also behind Ollama and LM Studio',
    codes: ['exceed_context_size_error'],
    phrases: ['exceeds the available context size'],
    source: 'https://github.com/NousResearch/hermes-agent/issues/89502',
  },
  {
    meaning: 'context-length',
    vendor: 'LM Studio',
    phrases: ['greater than the context length'],
    source: 'https://github.com/badlogic/pi-mono/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    meaning: 'context-length',
    vendor: 'Alibaba',
    phrases: ['range of input length should be'],
    source: 'https://www.alibabacloud.com/help/en/model-studio/error-code',
  },
  {
    meaning: 'context-length',
    vendor: 'MiniMax',
    codes: ['base_resp.1039'],
    phrases: ['context window exceeds limit'],
    source: 'https://platform.minimax.io/docs/api-reference/errorcode',
  },
  {
    meaning: 'context-length',
    vendor: 'Z.AI',
    codes: ['1261'],
    phrases: ['prompt exceeds max length'],
    source: 'https://docs.z.ai/api-reference/api-code',
  },
  {
    meaning: 'context-length',
    vendor: 'GitHub Copilot',
    codes: ['model_max_prompt_tokens_exceeded'],
    phrases: [['prompt token count', 'exceeds the limit']],
    source: 'https://github.com/badlogic/pi-mono/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    meaning: 'context-length',
    vendor: 'Hugging Face TGI',
    phrases: [['`inputs` tokens + `max_new_tokens` must be']],
    source: 'https://github.com/huggingface/text-generation-inference/issues/628',
  },
  {
    meaning: 'context-length',
    vendor: 'several',
    phrases: [
      'context_length',
      'context length',
      'context window',
      'too many tokens',
      'context limit',
      'input is too long',
      'input tokens exceed',
      'token limit exceeded',
    ],
    source: 'https://github.com/badlogic/pi-mono/blob/main/packages/ai/src/utils/overflow.ts',
    inRefusals: true,
  },
  // Too much output.
  {
    meaning: 'output-length',
    vendor: 'Anthropic',
    phrases: ['maximum allowed number of output tokens'],
    source: 'https://docs.anthropic.com/en/docs/about-claude/models/overview',
    inRefusals: true,
  },
  {
    meaning: 'output-length',
    vendor: 'OpenAI',
    phrases: ['max_tokens is too large'],
    source: 'https://github.com/algorithmicsuperintelligence/optillm/issues/4',
    inRefusals: true,
  },
  {
    meaning: 'output-length',
    vendor: 'Amazon Bedrock',
    phrases: ['maximum tokens you requested'],
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html',
    inRefusals: true,
  },
  // More than a minute’s tokens at once. OpenAI and Groq call it a rate limit, with 429 and with 413.
  {
    meaning: 'too-large',
    vendor: 'OpenAI, Groq',
    phrases: [['request too large for', 'tokens per min']],
    source: 'https://github.com/DrShushen/climb/issues/13',
  },
  // The content is refused.
  {
    meaning: 'content',
    vendor: 'OpenAI',
    codes: ['content_policy_violation', 'moderation_blocked'],
    phrases: ['potentially violating our usage policy', 'rejected by the safety system'],
    source: 'https://platform.openai.com/docs/guides/error-codes',
  },
  {
    meaning: 'content',
    vendor: 'Azure OpenAI; Moonshot',
    codes: ['content_filter', 'responsibleaipolicyviolation'],
    source: 'https://learn.microsoft.com/en-us/azure/ai-services/openai/concepts/content-filter',
  },
  {
    meaning: 'content',
    vendor: 'Moonshot',
    phrases: ['considered high risk'],
    source: 'https://platform.moonshot.ai/docs/api/chat',
  },
  {
    meaning: 'content',
    vendor: 'Anthropic',
    phrases: ['blocked by content filtering policy'],
    source: 'https://docs.anthropic.com/en/api/errors',
  },
  {
    meaning: 'content',
    vendor: 'xAI, with a 403',
    phrases: ['content violates usage guidelines', 'failed check: safety_check'],
    source: 'https://github.com/UKGovernmentBEIS/inspect_ai/pull/2267',
  },
  {
    meaning: 'content',
    vendor: 'OpenRouter, with a 403',
    phrases: ['your input was flagged'],
    source: 'https://openrouter.ai/docs/api-reference/errors',
  },
  {
    meaning: 'content',
    vendor: 'DeepSeek',
    phrases: ['content exists risk'],
    source: 'https://github.com/deepseek-ai/awesome-deepseek-integration/issues/13',
  },
  {
    meaning: 'content',
    vendor: 'Alibaba',
    codes: ['data_inspection_failed', 'datainspectionfailed'],
    phrases: ['datainspectionfailed', 'may contain inappropriate content'],
    source: 'https://www.alibabacloud.com/help/en/model-studio/error-code',
  },
  {
    meaning: 'content',
    vendor: 'Z.AI',
    codes: ['1300', '1301'],
    phrases: ['potentially unsafe or sensitive content'],
    source: 'https://docs.z.ai/api-reference/api-code',
  },
  {
    meaning: 'content',
    vendor: 'MiniMax',
    codes: ['base_resp.1026', 'base_resp.1027', 'new_sensitive'],
    phrases: ['input new_sensitive', 'output new_sensitive'],
    source: 'https://platform.minimax.io/docs/api-reference/errorcode',
  },
  {
    meaning: 'content',
    vendor: 'ZenMux, with a 403',
    codes: ['safety_check_failed'],
    source: 'https://docs.zenmux.ai/guide/advanced/error-codes.html',
  },
  {
    meaning: 'content',
    vendor: 'several',
    phrases: [
      'content_policy',
      'content policy',
      'content_filter',
      'content filter',
      'moderation',
      'safety',
      'usage polic',
    ],
    source: 'https://openrouter.ai/docs/api-reference/errors',
    inRefusals: true,
  },
  // Our account.
  {
    meaning: 'credits',
    vendor: 'OpenAI',
    codes: ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active'],
    source: 'https://platform.openai.com/docs/guides/error-codes',
  },
  {
    meaning: 'credits',
    vendor: 'Anthropic, with a 400',
    codes: ['billing_error'],
    phrases: ['credit balance is too low'],
    source: 'https://docs.anthropic.com/en/api/errors',
  },
  {
    meaning: 'credits',
    vendor: 'Moonshot, with a 429',
    codes: ['exceeded_current_quota_error'],
    phrases: ['is suspended, please check your plan and billing details'],
    source: 'https://platform.moonshot.ai/docs/api/chat',
  },
  {
    meaning: 'credits',
    vendor: 'Alibaba, with a 400',
    codes: ['arrearage'],
    phrases: ['your account is in good standing'],
    source: 'https://www.alibabacloud.com/help/en/model-studio/error-code',
  },
  {
    meaning: 'credits',
    vendor: 'Z.AI, with a 429',
    codes: ['1113'],
    phrases: ['your account is in arrears'],
    source: 'https://docs.z.ai/api-reference/api-code',
  },
  {
    meaning: 'credits',
    vendor: 'MiniMax',
    codes: ['base_resp.1008'],
    source: 'https://platform.minimax.io/docs/api-reference/errorcode',
  },
  {
    meaning: 'credits',
    vendor: 'Novita, with a 403',
    codes: ['not_enough_balance', 'billing_balance_not_enough'],
    source: 'https://novita.ai/docs/api-reference/basic-error-code',
  },
  {
    meaning: 'credits',
    vendor: 'DeepSeek, SiliconFlow, xAI and others',
    phrases: ['insufficient balance', 'insufficient credits', 'balance is insufficient', 'insufficient funds'],
    source: 'https://api-docs.deepseek.com/quick_start/error_codes',
  },
  // Our key.
  {
    meaning: 'key',
    vendor: 'OpenAI',
    codes: ['invalid_api_key', 'account_deactivated'],
    phrases: ['incorrect api key provided'],
    source: 'https://platform.openai.com/docs/guides/error-codes',
  },
  {
    meaning: 'key',
    vendor: 'Anthropic',
    codes: ['authentication_error', 'permission_error'],
    source: 'https://docs.anthropic.com/en/api/errors',
  },
  {
    meaning: 'key',
    vendor: 'Google, with a 400',
    codes: ['api_key_invalid', 'api_key_expired', 'access_token_expired'],
    phrases: ['api key not valid', 'api key expired'],
    source: 'https://ai.google.dev/gemini-api/docs/troubleshooting',
  },
  {
    meaning: 'key',
    vendor: 'Alibaba, Novita',
    codes: ['invalidapikey', 'failed_to_auth'],
    source: 'https://www.alibabacloud.com/help/en/model-studio/error-code',
  },
  {
    meaning: 'key',
    vendor: 'MiniMax',
    codes: ['base_resp.1004', 'base_resp.2049'],
    source: 'https://platform.minimax.io/docs/api-reference/errorcode',
  },
  // Load. Before the limits: Moonshot says it with the status of those.
  {
    meaning: 'overloaded',
    vendor: 'Moonshot, with a 429',
    codes: ['engine_overloaded_error'],
    phrases: ['the engine is currently overloaded'],
    source: 'https://www.kimi.com/code/docs/en/kimi-code/error-reference.html',
  },
  {
    meaning: 'overloaded',
    vendor: 'Groq, with a 498',
    codes: ['capacity_exceeded'],
    source: 'https://console.groq.com/docs/flex-processing',
  },
  // Limits.
  {
    meaning: 'rate',
    vendor: 'OpenAI, Anthropic, Moonshot and others',
    codes: ['rate_limit_exceeded', 'rate_limit_error', 'rate_limit_reached_error', 'ratelimitreached'],
    source: 'https://platform.openai.com/docs/guides/error-codes',
  },
  {
    meaning: 'rate',
    vendor: 'Alibaba',
    codes: ['throttling', 'throttling.ratequota', 'throttling.burstrate', 'throttling.allocationquota'],
    source: 'https://www.alibabacloud.com/help/en/model-studio/error-code',
  },
  {
    meaning: 'rate',
    vendor: 'Google, with a 403',
    codes: ['rate_limit_exceeded', 'ratelimitexceeded', 'userratelimitexceeded'],
    source: 'https://cloud.google.com/apis/design/errors',
  },
  {
    meaning: 'rate',
    vendor: 'Z.AI',
    codes: ['1302', '1303', '1305'],
    source: 'https://docs.z.ai/api-reference/api-code',
  },
  {
    meaning: 'rate',
    vendor: 'MiniMax',
    codes: ['base_resp.1002', 'base_resp.1041'],
    source: 'https://platform.minimax.io/docs/api-reference/errorcode',
  },
  // OpenAI binds thoughts to the account and model that had them: another of our keys may be the one that can read them.
  {
    meaning: 'other-account',
    vendor: 'OpenAI',
    codes: ['invalid_encrypted_content'],
    source: 'https://platform.openai.com/docs/guides/reasoning',
    inRefusals: true,
  },
  {
    meaning: 'unsupported',
    vendor: 'several',
    phrases: [
      'prefill',
      'unsupported',
      'not supported',
      'doesn’t support',
      "doesn't support",
      'isn’t support',
      "isn't support",
      'model identifier',
      'unknown parameter',
      'unknown field',
      'unrecognized',
      'extra inputs',
    ],
    source: 'https://platform.openai.com/docs/guides/error-codes',
    inRefusals: true,
  },
]

/** What OpenAI's Responses say about an image that they cannot use. Source: https://platform.openai.com/docs/api-reference/responses */
const imageCodes = [
  'invalid_image',
  'invalid_base64_image',
  'image_',
  'unsupported_image',
  'empty_image',
  'failed_to_download_image',
]

/**
 * Finds what a failure means by what is said of it; undefined where only its status tells.
 * @param isRefusal Whether the status refuses the request.
 */
export function meaningOf(
  said: { readonly codes: readonly string[]; readonly words: string },
  isRefusal: boolean,
): Meaning | undefined {
  if (said.codes.some((code) => imageCodes.some((begin) => code.startsWith(begin)))) return 'image'
  const occurs = (phrase: string | readonly string[]): boolean =>
    typeof phrase === 'string' ? said.words.includes(phrase) : phrase.every((part) => said.words.includes(part))
  return meanings.find(
    ({ codes, phrases, inRefusals }) =>
      (isRefusal || inRefusals !== true) &&
      (codes?.some((code) => said.codes.includes(code)) === true || phrases?.some(occurs) === true),
  )?.meaning
}
