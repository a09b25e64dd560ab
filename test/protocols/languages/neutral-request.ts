/** The content of a request in one form for all protocols. With it tests read what reached an upstream, or would have. */
export interface NeutralRequest {
  readonly system: string
  readonly turns: readonly NeutralTurn[]
  readonly tools: readonly NeutralTool[]
  readonly choice?: 'none' | 'auto' | 'required' | { readonly name: string }
  readonly limit?: number
  readonly temperature?: number
  readonly stop: readonly string[]
}

export interface NeutralTool {
  readonly name: string
  readonly description?: string
  readonly parameters: unknown
}

/** Tool results belong to the user's turn. */
export interface NeutralTurn {
  readonly role: 'user' | 'assistant'
  readonly parts: readonly NeutralPart[]
}

export type NeutralPart =
  | { readonly type: 'text'; readonly text: string }
  /** A data URL. */
  | { readonly type: 'image'; readonly url: string }
  /** `seal` is a signature, or encrypted reasoning. */
  | { readonly type: 'thought'; readonly text: string; readonly seal?: string }
  | { readonly type: 'call'; readonly id: string; readonly name: string; readonly arguments: unknown }
  | { readonly type: 'result'; readonly id: string; readonly parts: readonly NeutralPart[] }

type Call = Extract<NeutralPart, { type: 'call' }>
type Result = Extract<NeutralPart, { type: 'result' }>

const text = (text: string): NeutralPart => ({ type: 'text', text })

/** Reads an absent text, one text, or a list of parts, which most protocols have. */
export function partsOf(content: unknown, read: (part: unknown) => NeutralPart): readonly NeutralPart[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [text(content)]
  if (!Array.isArray(content)) throw new Error(`This is no content: ${JSON.stringify(content)}`)
  return content.map(read)
}

export const textOf = (parts: readonly NeutralPart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')

/**
 * Returns turns in the form in which protocols can be compared: neighbouring turns of one role become one, and so do neighbouring texts;
 * empty ones are removed; calls are named by their number in the conversation, and their results come first, in the order of the calls.
 * @throws Error unless every call has one result, in the very next turn.
 */
export function settled(turns: readonly NeutralTurn[]): readonly NeutralTurn[] {
  let calls = 0
  let open = new Map<string, string>()
  return merged(turns).map(({ role, parts }) => {
    const results = parts.filter((part) => part.type === 'result')
    const known = open
    if (results.length !== known.size || results.some(({ id }) => !known.has(id))) {
      const [called, answered] = [[...known.keys()], results.map(({ id }) => id)]
      throw new Error(`The calls ${called.join(', ')} have results for ${answered.join(', ')}.`)
    }
    open = new Map()
    const others = parts
      .filter((part) => part.type !== 'result')
      .map((part) => {
        if (part.type !== 'call') return part
        const id = `call ${++calls}`
        if (open.has(part.id)) throw new Error(`Two calls have the id ${part.id}.`)
        open.set(part.id, id)
        return { ...part, id } satisfies Call
      })
    const inOrder = [...known].flatMap(([own, id]) =>
      results
        .filter((result) => result.id === own)
        .map((result): Result => ({ ...result, id, parts: joined(result.parts) })),
    )
    return { role, parts: [...inOrder, ...others] }
  })
}

function merged(turns: readonly NeutralTurn[]): readonly NeutralTurn[] {
  const merged: NeutralTurn[] = []
  for (const { role, parts } of turns) {
    const last = merged.at(-1)
    if (last?.role === role) merged[merged.length - 1] = { role, parts: joined([...last.parts, ...parts]) }
    else merged.push({ role, parts: joined(parts) })
  }
  return merged
}

function joined(parts: readonly NeutralPart[]): readonly NeutralPart[] {
  const joined: NeutralPart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part.type !== 'text') joined.push(part)
    else if (last?.type === 'text') joined[joined.length - 1] = text(last.text + part.text)
    else if (part.text !== '') joined.push(part)
  }
  return joined
}

/** Returns the turns without reasoning, which other protocols do not receive. */
export const withoutThoughts = (turns: readonly NeutralTurn[]): readonly NeutralTurn[] =>
  turns.map(({ role, parts }) => ({ role, parts: parts.filter(({ type }) => type !== 'thought') }))
