import type { ReplySettings } from './reply-settings.ts'

/** A name that a model id may contain, and its effect on the reply. `docs/simulator.md` is generated from this table. */
export interface Behaviour {
  /** `<reason>` stands for a word, any other `<…>` for a whole number. */
  readonly pattern: string
  readonly description: string
  readonly effect: (first: string, second: string) => Partial<ReplySettings>
}

/** A longer text would test nothing more and would fill memory. */
const mostTokens = 1_000_000

export const behaviours: readonly Behaviour[] = [
  { pattern: 'steady', description: 'answers at once and completely', effect: () => ({}) },
  {
    pattern: 'tokens-<n>',
    description: 'answers with n words, one chunk each',
    effect: (n) => ({ tokens: Math.min(Number(n), mostTokens) }),
  },
  {
    pattern: 'slow-first-token-<ms>',
    description: 'sends the headers, then waits before the first frame; a JSON reply is delayed whole',
    effect: (ms) => ({ firstTokenMs: Number(ms) }),
  },
  {
    pattern: 'pace-<ms>',
    description: 'waits between content chunks; a JSON reply is delayed by the sum',
    effect: (ms) => ({ paceMs: Number(ms) }),
  },
  {
    pattern: 'ping-<ms>',
    description: 'sends a comment at this interval until the first content chunk',
    effect: (ms) => ({ pingMs: Number(ms) }),
  },
  { pattern: 'comments', description: 'puts a comment before each content chunk', effect: () => ({ comments: true }) },
  {
    pattern: 'status-<code>',
    description: 'answers with that status (400–599) and an error body',
    effect: (code) => ({ failure: { status: Number(code) } }),
  },
  {
    pattern: 'retry-after-<s>',
    description: 'sets Retry-After on an error; alone it is a 429',
    effect: (seconds) => ({ retryAfter: Number(seconds) }),
  },
  {
    pattern: 'context-length',
    description: 'answers 400 context_length_exceeded',
    effect: () => ({
      failure: {
        status: 400,
        code: 'context_length_exceeded',
        message: "This model's maximum context length is 8192 tokens. Please reduce the length of the messages.",
      },
    }),
  },
  {
    pattern: 'content-filter',
    description: 'answers 400 content_filter',
    effect: () => ({
      failure: { status: 400, code: 'content_filter', message: 'The prompt was rejected by the content filter.' },
    }),
  },
  {
    pattern: 'no-prefill',
    description: 'answers 400 if the last message is an assistant message',
    effect: () => ({ noPrefill: true }),
  },
  {
    pattern: 'diverge',
    description: 'starts over with another text instead of continuing a prefilled answer',
    effect: () => ({ diverge: true }),
  },
  {
    pattern: 'resume',
    description:
      'repeats the part of its text that the last paragraph of the last message quotes, and continues from there',
    effect: () => ({ resume: true }),
  },
  {
    pattern: 'variant-<n>',
    description: 'answers with another text for every n; 0 is the usual one',
    effect: (n) => ({ variant: Number(n) }),
  },
  {
    pattern: 'chunk-<n>',
    description: 'sends n UTF-16 units of text per chunk instead of a word, even where that splits a character',
    effect: (n) => ({ chunkLength: Math.max(1, Number(n)) }),
  },
  {
    pattern: 'reset',
    description: 'resets the connection (RST) before the headers, after the time of slow-first-token',
    effect: () => ({ connection: 'reset' }),
  },
  {
    pattern: 'blackhole',
    description: 'reads the request and never answers',
    effect: () => ({ connection: 'blackhole' }),
  },
  {
    pattern: 'cut-after-<n>',
    description: 'resets the connection after n content chunks, or half-way through a JSON reply',
    effect: (n) => ({ ending: { kind: 'cut', after: Number(n) } }),
  },
  {
    pattern: 'eof-after-<n>',
    description: 'ends the body cleanly after n content chunks, with no finish and no [DONE]; JSON is truncated',
    effect: (n) => ({ ending: { kind: 'eof', after: Number(n) } }),
  },
  {
    pattern: 'stall-after-<n>',
    description: 'sends nothing more after n content chunks, with the socket open; stops a JSON reply half-way',
    effect: (n) => ({ ending: { kind: 'stall', after: Number(n) } }),
  },
  {
    pattern: 'error-after-<n>',
    description: 'sends an error frame after n content chunks and ends; JSON is a 200 with an error body',
    effect: (n) => ({ ending: { kind: 'error', after: Number(n) } }),
  },
  {
    pattern: 'error-in-200',
    description: 'the same before any content: role chunk, error frame, end',
    effect: () => ({ ending: { kind: 'error', after: 0 } }),
  },
  {
    pattern: 'malformed-after-<n>',
    description: 'inserts a frame of broken JSON after n content chunks and continues; a JSON body is invalid',
    effect: (n) => ({ malformedAfter: Number(n) }),
  },
  {
    pattern: 'empty',
    description: 'completes with no text and zero completion tokens',
    effect: () => ({ tokens: 0 }),
  },
  { pattern: 'no-usage', description: 'never reports usage', effect: () => ({ noUsage: true }) },
  { pattern: 'no-done', description: 'leaves out the [DONE] terminator', effect: () => ({ noDone: true }) },
  { pattern: 'no-finish', description: 'never gives a finish reason', effect: () => ({ noFinish: true }) },
  {
    pattern: 'finish-<reason>',
    description: 'gives that finish reason, as it is spelled',
    effect: (reason) => ({ finish: reason }),
  },
  {
    pattern: 'usage-<p>-<c>',
    description: 'reports p prompt tokens and c completion tokens',
    effect: (prompt, completion) => ({ usage: { prompt: Number(prompt), completion: Number(completion) } }),
  },
  {
    pattern: 'cached-<n>',
    description: 'reports n prompt tokens as read from a cache',
    effect: (n) => ({ cachedTokens: Number(n) }),
  },
  {
    pattern: 'huge-frame',
    description: 'makes the first content chunk, or a JSON body, one valid frame of 40 MB',
    effect: () => ({ flood: 'huge-frame' }),
  },
  {
    pattern: 'endless-line',
    description: 'sends a line that never ends (64 MB, then the end of the body)',
    effect: () => ({ flood: 'endless-line' }),
  },
  {
    pattern: 'fragment-bytes',
    description: 'sends every byte of the body as its own HTTP chunk and socket write',
    effect: () => ({ fragmentBytes: true }),
  },
  { pattern: 'crlf', description: 'ends lines with CRLF', effect: () => ({ crlf: true }) },
  {
    pattern: 'tool-call',
    description: 'calls the first tool of the request (or get_weather); after its result it answers in text',
    effect: () => ({ toolCalls: 1 }),
  },
  {
    pattern: 'parallel-tool-calls',
    description: 'makes two calls, their fragments interleaved',
    effect: () => ({ toolCalls: 2 }),
  },
  {
    pattern: 'all-tools',
    description: 'calls every tool of the request in one turn; after the results it answers in text',
    effect: () => ({ toolCalls: 'all' }),
  },
  {
    pattern: 'each-tool',
    description: 'calls the tools of the request one after the other, one a turn, and then answers in text',
    effect: () => ({ toolTurns: 'each' }),
  },
  {
    pattern: 'endless-tool-calls',
    description: 'calls the first tool in every turn, until tools are forbidden',
    effect: () => ({ toolCalls: 1, toolTurns: 'endless' }),
  },
  {
    pattern: 'reasoning',
    description: 'reasons before the text, in reasoning_content',
    effect: () => ({ reasoning: 'reasoning_content' }),
  },
  {
    pattern: 'reasoning-field',
    description: 'reasons before the text, in reasoning and reasoning_details',
    effect: () => ({ reasoning: 'reasoning' }),
  },
  {
    pattern: 'broken-json',
    description: 'puts a comma too many and a code fence into the JSON that response_format asks for',
    effect: () => ({ brokenJson: true }),
  },
  { pattern: 'refusal', description: 'refuses instead of answering', effect: () => ({ refusal: true }) },
  { pattern: 'image', description: 'adds a generated image to the text', effect: () => ({ image: true }) },
  {
    pattern: 'audio',
    description: 'answers with audio and its transcript instead of text',
    effect: () => ({ audio: true }),
  },
  { pattern: 'citations', description: 'adds url_citation annotations', effect: () => ({ citations: true }) },
]
