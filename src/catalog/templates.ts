import type { ParameterName } from '../canonical/parameter-name.ts'
import type { TemplateRow } from './template.ts'

/** The parameters that OpenAI's reasoning models refuse with 400. */
const sampling: readonly ParameterName[] = [
  'temperature',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'stop',
  'prediction',
]

/** The models of Qwen3 that do not think. */
const qwen3WithoutThinking = /^qwen-?3.*(instruct|coder|a22b-2507)/

/** One row for each rule. A model may match several rows. Their rules are combined; where two set the same field, the later one wins. */
export const templates: readonly TemplateRow[] = [
  {
    // Variants that chat without reasoning are excluded.
    models: /^(o\d|gpt-([5-9]|\d\d)|codex-mini)(?![0-9]|-chat|\.3-chat)/,
    template: { unsupportedParameters: sampling },
    source: 'https://platform.openai.com/docs/guides/reasoning',
  },
  {
    // "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    models: /^(o\d|gpt-([5-9]|\d\d)|codex-mini)(?!\d)/,
    template: { maxTokensField: 'max_completion_tokens' },
    source: 'https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_completion_tokens',
  },
  {
    // "string too long. Expected a string with maximum length 40", "object schema missing properties": this also holds behind an operator's
    // own proxy.
    models: /^(o\d|gpt-[345]|gpt-\d\d|chatgpt-|codex-mini)/,
    template: { openAiLimits: true },
    source: 'https://github.com/BerriAI/litellm/issues/17343',
  },
  {
    // At most 1,000 messages, in OpenRouter's guide to message transforms.
    models: /^claude-/,
    template: { mostMessages: 1_000 },
    source: 'https://openrouter.ai/docs/guides/features/message-transforms',
  },
  {
    models: /^claude-(fable|mythos|opus-(4[.-]([7-9]|\d\d)|[5-9])|(sonnet|haiku)-[5-9])(?!\d)/,
    template: { unsupportedParameters: ['temperature', 'top_p', 'top_k'] },
    source: 'https://platform.claude.com/docs/en/about-claude/models/migration-guide',
  },
  {
    // "The `reasoning_content` in the thinking mode must be passed back to the API."
    models: /^deepseek-(v([4-9]|\d\d)|reasoner$)/,
    template: { assistantReasoning: 'demanded' },
    source: 'https://api-docs.deepseek.com/guides/thinking_mode',
  },
  {
    models: /^deepseek-v3[.-]2/,
    template: { assistantReasoning: 'used' },
    source: 'https://api-docs.deepseek.com/guides/thinking_mode',
  },
  {
    // "Please do not include reasoning_content in the input": the template itself removes earlier reasoning.
    models: /^deepseek-r1/,
    template: { assistantReasoning: 'refused' },
    source: 'https://huggingface.co/deepseek-ai/DeepSeek-R1/blob/main/tokenizer_config.json',
  },
  {
    // "deepseek-reasoner does not support this tool_choice". The later models think unless a request turns that off.
    models: /^deepseek-(r1|reasoner$|v([4-9]|\d\d)|(chat-)?v3[.-][12])/,
    template: { forcedCalls: false },
    source: 'https://api-docs.deepseek.com/guides/thinking_mode',
  },
  {
    // "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1"
    models: /^kimi-(k2-thinking|k2[.-][5-9]|k[3-9]|thinking|for-coding|latest)/,
    template: { assistantReasoning: 'demanded' },
    source: 'https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model',
  },
  {
    // "tool_choice 'required' is incompatible with thinking enabled"
    models: /^kimi-(k2-thinking|k2[.-][5-9]|k[3-9]|thinking|for-coding|latest)/,
    template: { forcedCalls: false },
    source: 'https://platform.moonshot.ai/docs/api/chat',
  },
  {
    // "Param Incorrect: The reasoning_content in the thinking mode must be passed back to the API."
    models: /^mimo-/,
    template: { assistantReasoning: 'demanded' },
    source: 'https://platform.xiaomimimo.com/docs/en-US/usage-guide/passing-back-reasoning_content',
  },
  {
    models: /^glm-(4[.-]7|[5-9])/,
    template: { assistantReasoning: 'used' },
    source: 'https://docs.z.ai/guides/capabilities/thinking-mode',
  },
  {
    models: /^minimax-m[2-9]/,
    template: { assistantReasoning: 'used' },
    source: 'https://platform.minimax.io/docs/guides/text-m2-function-call',
  },
  {
    // "Function call is missing a thought_signature in functionCall parts."
    models: /^gemini-([3-9]|\d\d)/,
    template: { callSignatures: true },
    source: 'https://ai.google.dev/gemini-api/docs/thought-signatures',
  },
  {
    // "The tool_choice parameter does not support being set to required or object in thinking mode"
    models: /^(qwen-?3|qwen-(plus|flash|turbo)|qwq|qvq)/,
    except: qwen3WithoutThinking,
    template: { forcedCalls: false },
    source: 'https://www.alibabacloud.com/help/en/model-studio/qwen-function-calling',
  },
  {
    // "System message must be at the beginning."
    models: /^qwen-?(3[.-][5-9]|[4-9])/,
    template: { oneSystemMessage: true },
    source: 'https://huggingface.co/Qwen/Qwen3.5-27B/blob/main/chat_template.jinja',
  },
  {
    // "Conversation roles must alternate user/assistant/user/assistant/..."
    models: /^gemma-?[23]/,
    template: { alternatingTurns: true, oneSystemMessage: true },
    source: 'https://huggingface.co/google/gemma-3-27b-it/blob/main/chat_template.json',
  },
  {
    // "After the optional system message, conversation roles must alternate user/assistant/user/assistant/..."
    models: /^((open-)?(mistral-7b|mixtral)|llama-?2-)/,
    template: { alternatingTurns: true, oneSystemMessage: true },
    source: 'https://huggingface.co/mistralai/Mixtral-8x7B-Instruct-v0.1/blob/main/tokenizer_config.json',
  },
  {
    // "Unexpected role 'user' after role 'tool'", code 3230, "Assistant message must have either content or tool_calls", and
    // "Tool call id was call_… but must be a-z, A-Z, 0-9, with a length of 9."
    models: /^(open-|labs-)?(mistral|mixtral|ministral|codestral|devstral|magistral|pixtral|voxtral|leanstral)/,
    template: { answeredTools: true, emptyMessages: false, toolCallIdLength: 9 },
    source: 'https://github.com/mistralai/mistral-common/blob/main/src/mistral_common/protocol/instruct/validator.py',
  },
  {
    // "After the (optional) system message(s), user and assistant roles should be alternating."
    models: /^(sonar|r1-1776)/,
    template: { alternatingTurns: true, oneSystemMessage: true, emptyMessages: false },
    source: 'https://docs.perplexity.ai/api-reference/chat-completions-post',
  },
  {
    models: /^gemini-(3\.([89]|\d\d)|[4-9]|\d\d).*tts/,
    template: { speechMetadata: true },
    source: 'https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/text-to-speech/migration-guide',
  },
  {
    // "The turbo model will return the original language even if --task translate is specified." The others read English alone.
    models: /^(faster-)?(distil-whisper|whisper.*(turbo|\.en$))/,
    template: { translates: false },
    source: 'https://github.com/openai/whisper/blob/main/README.md',
  },
  {
    // Models with open weights that think: their templates begin the answer with the tag, or the models are trained to write it.
    models:
      /^(deepseek-(r1|reasoner$|(chat-)?v3[.-][12]|v([4-9]|\d\d))|kimi-(k2-thinking|k2[.-][5-9]|k[3-9])|qwen-?3|qwq|qvq|glm-(4[.-][1-9]|[5-9])|minimax-m|mimo-|nemotron|hermes-4|cogito|magistral|step-3|ring-|hunyuan|exaone|aion-|trinity|ernie-|smollm3|gemma-4)/,
    except: qwen3WithoutThinking,
    template: { thinkTags: true },
    source: 'https://docs.vllm.ai/en/latest/features/reasoning_outputs.html',
  },
  {
    models: /^(llama-\d.*nemotron|phi-4.*reasoning)/,
    template: { thinkTags: true },
    source: 'https://docs.vllm.ai/en/latest/features/reasoning_outputs.html',
  },
  {
    // They write their reasoning before the answer, even where the request demands JSON.
    models: /^sonar-(reasoning|deep-research)|^r1-1776|-(thinking|reasoning)([^a-z]|$)/,
    template: { thinkTags: true },
    source: 'https://docs.perplexity.ai/getting-started/models/models/sonar-reasoning-pro',
  },
]
