import type { GenerationRequest } from './generation-request.ts'
import { promptTexts } from './prompt-texts.ts'

/**
 * How far an estimate may be from what a tokenizer counts, as a share of it, before any real usage corrected it. Measured against
 * o200k on English, German, Russian, Arabic, Hindi, Chinese, Japanese, code, JSON and emoji: −15 % to +17 %; older vocabularies need
 * up to three times as many tokens for other scripts than Latin, and so are estimated too low.
 */
export const estimateError = 0.25

/** What a message costs beside its words, in the chat templates in use. */
const perMessage = 4
/** An image at usual size; providers charge 85 to 1,600. Too few is harmless here: the upstream has the last word. */
const perImage = 300

/** Estimates how many tokens a prompt is, tools included. About 15 ns a character. */
export const estimatePromptTokens = (request: GenerationRequest): number =>
  Math.ceil(besideText(request) + textsOf(request).reduce((sum, text) => sum + estimateTokens(text), 0))

/**
 * The same estimate, made when it is asked for, without the request being kept for it: of a prompt longer than `mostKept` a sample
 * is read at once, which costs about 30 µs, and stands for the whole.
 */
export function laterEstimate(request: GenerationRequest): () => number {
  const texts = textsOf(request)
  const beside = besideText(request)
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  if (length <= mostKept) return estimateOf(texts, beside)
  return always(Math.ceil(beside + (estimateTokens(sampleOf(texts, length)) / sampleLength) * length))
}

/** Scopes of their own: a closure holds all that its neighbours use, and one of the two needs the texts. */
const estimateOf = (texts: readonly string[], beside: number) => () =>
  Math.ceil(beside + texts.reduce((sum, text) => sum + estimateTokens(text), 0))
const always = (tokens: number) => () => tokens

/** UTF-16 units of a prompt that may live as long as its answer. */
const mostKept = 16_384
const sampleLength = 2_048
const windows = 16

/** Windows of equal length, spread evenly over all texts. */
function sampleOf(texts: readonly string[], length: number): string {
  const step = length / windows
  const width = sampleLength / windows
  let sample = ''
  let begin = 0
  for (const text of texts) {
    const end = begin + text.length
    for (let at = Math.ceil(begin / step) * step; at < end; at += step) {
      const from = Math.max(0, Math.min(Math.floor(at - begin), text.length - width))
      sample += text.slice(from, from + width).padEnd(width)
    }
    begin = end
  }
  return sample
}

const textsOf = (request: GenerationRequest): readonly string[] => {
  const { tools } = request.parameters
  return tools === undefined ? [...promptTexts(request)] : [...promptTexts(request), JSON.stringify(tools)]
}

/** Tokens of what is no text. */
function besideText({ input }: GenerationRequest): number {
  if (input.type === 'prompts') {
    return input.prompts.reduce((sum, prompt) => sum + (typeof prompt === 'string' ? 0 : prompt.length), 0)
  }
  let tokens = input.messages.length * perMessage
  if (!input.modalities.has('image')) return tokens
  for (const { content } of input.messages) {
    for (const part of content) if (part.type === 'image') tokens += perImage
  }
  return tokens
}

/** English has about four characters, or bytes, a token in every vocabulary in use: what is counted by where the text is not at hand. */
const charactersPerToken = 4

/** Estimates how many tokens so many UTF-16 units, or bytes of a request, are. */
export const tokensOfLength = (length: number): number => Math.ceil(Math.max(0, length) / charactersPerToken)

/**
 * Counts runs of characters as byte-pair vocabularies cut them: a word is one token and one more for every further few letters, digits come
 * in threes, punctuation in ones and twos, an ideograph is nearly one.
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

/** A kind of run, or what the character itself amounts to. */
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
