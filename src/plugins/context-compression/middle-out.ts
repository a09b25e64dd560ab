import type { ContentPart } from '../../canonical/content-part.ts'
import type { Message } from '../../canonical/message.ts'
import { estimateMessage, estimateTokens } from '../../canonical/prompt-tokens.ts'
import { levelOf, shortenText } from './shorten-text.ts'

/** Messages that stay or go together: a message, or the calls of an answer with their results. */
interface Unit {
  readonly positions: number[]
  tokens: number
}

/**
 * Leaves out messages from the middle, and cuts texts, until a conversation has at most so many tokens and messages. The instructions and the
 * last question stay, and so does the end; a call stays with its results, and an answer with its thoughts. Null where that is not possible.
 */
export function middleOut(
  messages: readonly Message[],
  tokens: number,
  mostMessages: number,
): readonly Message[] | null {
  const units = unitsOf(messages)
  const lastQuestion = messages.findLastIndex(({ role }) => role === 'user')
  const last = units.find(({ positions }) => positions.includes(messages.length - 1))
  const isFixed = (unit: Unit): boolean => unit.positions.some((position) => isInstruction(messages[position]))
  const isPinned = (unit: Unit): boolean => unit === last || isFixed(unit) || unit.positions.includes(lastQuestion)
  const pinned = units.filter(isPinned)
  const loose = units.filter((unit) => !isPinned(unit))

  const within = ends(
    loose,
    ({ positions }) => positions.length,
    mostMessages - sum(pinned, ({ positions }) => positions.length),
  )
  const counted = [...within.head, ...within.tail]
  const { head, tail, left } = ends(counted, (unit) => unit.tokens, tokens - sum(pinned, (unit) => unit.tokens))

  const kept = new Map<number, Message>()
  const keep = (unit: Unit): void => {
    for (const position of unit.positions) kept.set(position, messages[position] as Message)
  }
  for (const unit of [...pinned, ...head, ...tail]) keep(unit)
  const replace = (shortened: ReadonlyMap<number, Message> | null): boolean => {
    for (const [position, message] of shortened ?? []) kept.set(position, message)
    return shortened !== null
  }
  if (left < 0) {
    // Not even what must stay fits.
    const long = pinned.filter((unit) => !isFixed(unit))
    if (!replace(shortenUnits(long, messages, left + sum(long, (unit) => unit.tokens)))) return null
  } else {
    // Of the messages at the edges of the gap, the newer one is more useful.
    const [before, after] = [counted[head.length], counted[counted.length - tail.length - 1]]
    if (after !== undefined && before !== undefined && head.length + tail.length < counted.length) {
      replace(shortenUnits([after], messages, left) ?? shortenUnits([before], messages, left))
    }
  }
  return [...kept].sort(([a], [b]) => a - b).map(([, message]) => message)
}

const isInstruction = (message: Message | undefined): boolean =>
  message?.role === 'system' || message?.role === 'developer'

const sum = (units: readonly Unit[], size: (unit: Unit) => number): number =>
  units.reduce((total, unit) => total + size(unit), 0)

/** Groups messages. Results belong to the newest call of their id. */
function unitsOf(messages: readonly Message[]): readonly Unit[] {
  const units: Unit[] = []
  const byCall = new Map<string, Unit>()
  for (const [position, message] of messages.entries()) {
    const tokens = estimateMessage(message)
    const calling = message.role === 'tool' ? byCall.get(message.toolCallId) : undefined
    if (calling !== undefined) {
      calling.positions.push(position)
      calling.tokens += tokens
      continue
    }
    const unit = { positions: [position], tokens }
    units.push(unit)
    if (message.role === 'assistant') for (const { id } of message.toolCalls) byCall.set(id, unit)
  }
  return units
}

/** Takes units from both ends, from the end that has less so far, until no more fit. `left` is negative where nothing fits at all. */
function ends(units: readonly Unit[], size: (unit: Unit) => number, room: number) {
  let left = room
  let first = 0
  let end = units.length
  let [headSize, tailSize] = [0, 0]
  const takeTail = (): boolean => {
    const next = units[end - 1]
    if (next === undefined || end === first || size(next) > left) return false
    tailSize += size(next)
    left -= size(next)
    end--
    return true
  }
  const takeHead = (): boolean => {
    const next = units[first]
    if (next === undefined || end === first || size(next) > left) return false
    headSize += size(next)
    left -= size(next)
    first++
    return true
  }
  while (tailSize <= headSize ? takeTail() || takeHead() : takeHead() || takeTail());
  return { head: units.slice(0, first), tail: units.slice(end), left }
}

/** Cuts the texts of some messages, so that these have at most so many tokens. Calls and thoughts stay whole. Null where too little is left. */
function shortenUnits(
  units: readonly Unit[],
  messages: readonly Message[],
  tokens: number,
): ReadonlyMap<number, Message> | null {
  const positions = units.flatMap((unit) => unit.positions)
  const texts = positions.flatMap((position) => textsOf(messages[position]).map(estimateTokens))
  const beside = sum(units, (unit) => unit.tokens) - texts.reduce((total, length) => total + length, 0)
  const level = levelOf(texts, tokens - beside)
  if (level === null || beside > tokens) return null
  return new Map(positions.map((position) => [position, cut(messages[position] as Message, level)]))
}

const textsOf = (message: Message | undefined): readonly string[] =>
  message?.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])) ?? []

function cut(message: Message, level: number): Message {
  if (isInstruction(message) || !textsOf(message).some((text) => estimateTokens(text) > level)) return message
  const shorter = <Part extends ContentPart>(part: Part): Part =>
    part.type === 'text' ? { ...part, text: shortenText(part.text, level) } : part
  switch (message.role) {
    case 'system':
    case 'developer':
      return message
    case 'user':
      return { ...message, content: message.content.map(shorter) }
    case 'assistant':
      return { ...message, content: message.content.map(shorter) }
    case 'tool':
      return { ...message, content: message.content.map(shorter) }
  }
}
