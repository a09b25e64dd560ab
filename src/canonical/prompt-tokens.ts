import type { EmbeddingInput, GenerationRequest } from './generation-request.ts'
import type { Message } from './message.ts'
import { mediaIn } from './prompt-media.ts'
import { messageTexts, promptTexts } from './prompt-texts.ts'

/**
 * The error of an estimate, as a share of what a tokenizer counts, before reported usage has corrected it. Measured against o200k on
 * English, German, Russian, Arabic, Hindi, Chinese, Japanese, code, JSON and emoji: −15 % to +17 %. Older vocabularies need up to three
 * times as many tokens for other scripts than Latin, and so are estimated too low.
 */
export const estimateError = 0.25

/** The tokens of a message besides its text, in the chat templates in use. */
const perMessage = 4
/** The tokens of an image of usual size; providers count 85 to 1,600. An estimate that is too low does no harm: the upstream decides. */
const perImage = 300

/** Estimates the tokens of a prompt, including its tools. Takes about 15 ns a character. */
export const estimatePromptTokens = (request: GenerationRequest): number =>
  Math.ceil(besideText(request) + textsOf(request).reduce((sum, text) => sum + estimateTokens(text), 0))

/**
 * Estimates the same from a sample of the texts, which takes about 30 µs however long they are. Where the texts are of several kinds, it may be
 * off by a third.
 */
export function roughPromptTokens(request: GenerationRequest): number {
  const texts = textsOf(request)
  return besideText(request) + sampledTokens(texts, lengthOf(texts))
}

/** Estimates the tokens of one message. The estimate of a prompt is the sum of these and of `estimateTools`, rounded up. */
export function estimateMessage(message: Message): number {
  let tokens = perMessage
  for (const { type } of message.content) if (type === 'image') tokens += perImage
  for (const text of messageTexts(message)) tokens += estimateTokens(text)
  return tokens
}

/** Estimates the tokens of the tools of a request. */
export const estimateTools = ({ parameters: { tools } }: GenerationRequest): number =>
  tools === undefined ? 0 : estimateTokens(JSON.stringify(tools))

/** Returns a number of tokens that the estimate of a prompt is certainly not above, without reading the texts. */
export const mostPromptTokens = (request: GenerationRequest): number => besideText(request) + lengthOf(textsOf(request))

/**
 * Returns a function that makes the same estimate later, without keeping the request in memory. Of a prompt longer than `mostKept`, a
 * sample is read at once, which takes about 30 µs, and the estimate is made from the sample.
 */
export function laterEstimate(request: GenerationRequest): () => number {
  const texts = textsOf(request)
  const beside = besideText(request)
  const length = lengthOf(texts)
  return length <= mostKept ? estimateOf(texts, beside) : always(Math.ceil(beside + sampledTokens(texts, length)))
}

/** These are functions of their own because a closure keeps everything that the others of its scope use, and only one needs the texts. */
const estimateOf = (texts: readonly string[], beside: number) => () =>
  Math.ceil(beside + texts.reduce((sum, text) => sum + estimateTokens(text), 0))
const always = (tokens: number) => () => tokens

/** The most UTF-16 units of a prompt that stay in memory as long as its answer. */
const mostKept = 16_384
const sampleLength = 2_048
const windows = 16

function sampledTokens(texts: readonly string[], length: number): number {
  const sample = sampleOf(texts, length)
  return sample === '' ? 0 : (estimateTokens(sample) / sample.length) * length
}

/** Takes windows of equal length, spread evenly over all texts. */
function sampleOf(texts: readonly string[], length: number): string {
  const step = length / windows
  const width = sampleLength / windows
  let sample = ''
  let begin = 0
  for (const text of texts) {
    const end = begin + text.length
    for (let at = Math.ceil(begin / step) * step; at < end; at += step) {
      const from = Math.max(0, Math.min(Math.floor(at - begin), text.length - width))
      sample += text.slice(from, from + width)
    }
    begin = end
  }
  return sample
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0)

const textsOf = (request: GenerationRequest): readonly string[] => {
  const { tools } = request.parameters
  return tools === undefined ? promptTexts(request) : [...promptTexts(request), JSON.stringify(tools)]
}

/** Estimates the tokens of everything in a prompt that is not text. */
function besideText({ input }: GenerationRequest): number {
  switch (input.type) {
    case 'messages':
      return input.messages.length * perMessage + mediaIn(input).image * perImage
    case 'prompts':
      return input.prompts.reduce((sum, prompt) => sum + (typeof prompt === 'string' ? 0 : prompt.length), 0)
    case 'embeddings':
      return input.inputs.reduce((sum, each) => sum + idsIn(each), 0) + mediaIn(input).image * perImage
    case 'rerank':
      // Each document is read together with the query.
      return estimateTokens(input.query) * (input.documents.length - 1) + mediaIn(input).image * perImage
    case 'images':
      return mediaIn(input).image * perImage
    case 'speech':
    case 'transcription':
      return 0
  }
}

/** Counts the token ids of something to embed. */
const idsIn = (input: EmbeddingInput): number =>
  typeof input === 'string' || typeof input[0] !== 'number' ? 0 : input.length

/** English text has about four characters, or bytes, a token in every vocabulary in use. Used where only the length of a text is known. */
const charactersPerToken = 4

/** Estimates the tokens of a text of so many UTF-16 units or bytes. */
export const tokensOfLength = (length: number): number => Math.ceil(Math.max(0, length) / charactersPerToken)

/**
 * Estimates the tokens of a text by runs of characters, as byte-pair vocabularies split them: a word is one token and one more for every
 * five letters above eight, three digits are one, one or two punctuation marks are one, and an ideograph is nearly one.
 */
export function estimateTokens(text: string): number {
  let tokens = 0
  let letters = 0
  let digits = 0
  let marks = 0
  let spaces = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const kind = kindOf(code)
    if (kind !== letter && letters > 0) {
      tokens += wordTokens(letters)
      letters = 0
    }
    if (kind !== digit && digits > 0) {
      tokens += Math.ceil(digits / 3)
      digits = 0
    }
    if (kind !== mark && marks > 0) {
      tokens += markTokens(marks)
      marks = 0
    }
    if (kind !== space && spaces > 0) {
      if (spaces > 1) tokens += 1
      spaces = 0
    }
    if (kind === letter) letters++
    else if (kind === digit) digits++
    else if (kind === mark) marks++
    else if (kind === space) spaces++
    else if (kind === newline) tokens += 0.6
    else tokens += kind
  }
  return tokens + (letters > 0 ? wordTokens(letters) : 0) + Math.ceil(digits / 3) + (marks > 0 ? markTokens(marks) : 0)
}

const wordTokens = (letters: number): number => (letters < 9 ? 1 : 1 + (letters - 8) / 5)
const markTokens = (marks: number): number => (marks < 3 ? 1 : 1 + (marks - 2) / 4)

const letter = -1
const digit = -2
const mark = -3
const space = -4
const newline = -5

/** Returns the kind of run that a character belongs to (negative), or the tokens of the character itself. */
function kindOf(code: number): number {
  if (code < 128) {
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) return letter
    if (code === 32 || code === 9) return space
    if (code === 10 || code === 13) return newline
    if (code >= 48 && code <= 57) return digit
    return mark
  }
  if (code < 0x250) return 0.5
  if (code < 0x530) return 0.22
  if (code < 0x2000) return 0.4
  if (code >= 0xd800 && code < 0xe000) return 1
  return code >= 0x2e80 ? 0.75 : 1
}
