import type { ContentPart, TextPart } from '../../../canonical/content-part.ts'
import type { ChatRequest } from '../../../canonical/generation-request.ts'
import type { Message } from '../../../canonical/message.ts'
import { taskOf, type TaskType, taskTypes } from './tasks.ts'
import { search } from '../../../util/pattern.ts'

/** The task that a prompt was classified as. */
export interface Classification {
  readonly type: TaskType
  /** The reason for a reader. It quotes nothing of the prompt except words of the table of tasks. */
  readonly why: string
}

/** The characters that are read at the beginning and at the end of the last question, and at the beginning of the instructions. */
const window = 1024
/** The number of characters of all messages from which the task is `long_context`. */
const longPrompt = 200_000

/** The points from which a task is likely: one strong word in the question, or two weak ones. Words of the instructions count half. */
const enough = 4
const points = { strong: 4, weak: 2 }

/**
 * Classifies the task of a conversation, by its form and by words. Takes about ten microseconds, whatever the length. Most words are
 * English; there are some of other languages.
 */
export function classifyTask({ input, parameters }: ChatRequest): Classification {
  const { messages, modalities } = input
  const byWords = classifyWords(messages)
  if (parameters.tools !== undefined && parameters.tools.length > 0) {
    const type = byWords?.type.startsWith('code:') === true ? 'agent:coding' : 'agent:tools'
    return { type, why: ['tools are offered', ...(byWords === null ? [] : [byWords.why])].join('; ') }
  }
  for (const [modality, type] of [
    ['video', 'video'],
    ['audio', 'audio'],
    ['image', 'vision'],
    ['file', 'document'],
  ] as const) {
    if (modalities.has(modality)) return { type, why: `the messages hold ${modality} input` }
  }
  if (isLong(messages)) return { type: 'long_context', why: `the messages have ${longPrompt} characters or more` }
  if (byWords !== null) return byWords
  const question = textOf(messages.findLast(({ role }) => role === 'user'))
  if (question.includes('?')) return { type: 'qa_knowledge', why: 'it is a question about nothing in particular' }
  return { type: 'chat', why: 'nothing points to another task' }
}

const isText = (part: ContentPart): part is TextPart => part.type === 'text'

/** Returns the beginning and the end of the text of a message. */
function textOf(message: Message | undefined): string {
  const parts: readonly ContentPart[] = message?.content ?? []
  const first = parts.find(isText)?.text ?? ''
  const last = parts.findLast(isText)?.text ?? ''
  if (first === last && first.length <= 2 * window) return first
  return `${first.slice(0, window)}\n${last.slice(-window)}`
}

function isLong(messages: readonly Message[]): boolean {
  let length = 0
  for (const { content } of messages) for (const part of content) if (part.type === 'text') length += part.text.length
  return length >= longPrompt
}

interface Clue {
  readonly type: TaskType
  readonly points: number
}

/** The tasks that each word indicates. */
const vocabulary = buildVocabulary()

function buildVocabulary(): ReadonlyMap<string, readonly Clue[]> {
  const words = new Map<string, Clue[]>()
  for (const type of taskTypes) {
    const task = taskOf(type)
    for (const strength of ['strong', 'weak'] as const) {
      for (const word of task[strength]?.split(' ') ?? []) {
        words.set(word, [...(words.get(word) ?? []), { type, points: points[strength] }])
      }
    }
  }
  return words
}

function classifyWords(messages: readonly Message[]): Classification | null {
  const scores = new Map<TaskType, number>()
  const found: { readonly word: string; readonly type: TaskType }[] = []
  const count = (type: TaskType, score: number, word: string): void => {
    scores.set(type, (scores.get(type) ?? 0) + score)
    found.push({ word, type })
  }
  const question = textOf(messages.findLast(({ role }) => role === 'user'))
  const instructions = textOf(messages.find(({ role }) => role === 'system' || role === 'developer')).slice(0, window)
  for (const [text, share] of [
    [question, 1],
    [instructions, 0.5],
  ] as const) {
    for (const word of knownWords(text)) {
      for (const clue of vocabulary.get(word) ?? []) count(clue.type, clue.points * share, word)
    }
  }
  if (question.includes('```')) count('code:generation', points.weak, 'a block of code')
  if (search(/\d\s*[+*/^=×÷]\s*\(?\d/, question) !== null) count('math', points.weak, 'a sum')
  let best: TaskType | null = null
  for (const type of taskTypes) if ((scores.get(type) ?? 0) > (best === null ? 0 : (scores.get(best) ?? 0))) best = type
  if (best === null || (scores.get(best) ?? 0) < enough) return null
  const words = found.filter(({ type }) => type === best).map(({ word }) => word)
  return { type: best, why: `it speaks of ${words.slice(0, 3).join(', ')}` }
}

/** Finds the words of a text that are in the vocabulary, each once. */
function knownWords(text: string): ReadonlySet<string> {
  const words = new Set<string>()
  const lower = text.toLowerCase()
  let start = -1
  for (let index = 0; index <= lower.length; index++) {
    if (index < lower.length && isWordLike(lower.charCodeAt(index))) {
      if (start === -1) start = index
    } else if (start !== -1) {
      const word = lower.slice(start, index)
      if (vocabulary.has(word)) words.add(word)
      start = -1
    }
  }
  return words
}

/** Tells whether a character is part of a word: letters of any script, and the plus signs of C++, but no punctuation above U+2000. */
const isWordLike = (code: number): boolean =>
  (code >= 97 && code <= 122) || code === 43 || (code > 127 && (code < 0x2000 || code > 0x206f))
