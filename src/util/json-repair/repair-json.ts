import { type Repair, TolerantReader } from './tolerant-reader.ts'

/** JSON that was made of a text, and what was wrong with that text. */
export interface RepairedJson {
  readonly text: string
  readonly repairs: readonly (Repair | 'code_fence' | 'surrounding_text')[]
}

/**
 * Finds the JSON object or array in a text that is not JSON, and repairs it. A text may hold several, such as `[1]` in a sentence: the
 * longest of the wanted kind is taken. Null where there is none. The time grows linearly with the text, and nesting takes no stack.
 */
export function repairJson(text: string, wanted: 'object' | 'any'): RepairedJson | null {
  let best: {
    readonly start: number
    readonly end: number
    readonly text: string
    readonly repairs: readonly Repair[]
  } | null = null
  let hasWanted = false
  for (let at = nextOpening(text, 0); at !== -1;) {
    const found = new TolerantReader(text, at).read()
    if (found !== null) {
      const isWanted = wanted === 'any' || text[at] === '{'
      const isLonger = best === null || found.end - at > best.end - best.start
      if (isWanted === hasWanted ? isLonger : isWanted) best = { start: at, ...found }
      hasWanted ||= isWanted
    }
    at = nextOpening(text, found?.end ?? at + 1)
  }
  if (best === null) return null
  const around = [text.slice(0, best.start), text.slice(best.end)]
  return { text: best.text, repairs: [...best.repairs, ...surroundings(around)] }
}

function nextOpening(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x7b || code === 0x5b) return at
  }
  return -1
}

function surroundings(around: readonly string[]): readonly ('code_fence' | 'surrounding_text')[] {
  const isFenced = around.some((part) => part.includes('```'))
  const rest = around.map((part) => part.trim()).filter((part) => part !== '' && !isFence(part))
  return [...(isFenced ? (['code_fence'] as const) : []), ...(rest.length > 0 ? (['surrounding_text'] as const) : [])]
}

/** Tells whether a text is nothing but the mark of a fence, with or without the name of a language. */
const isFence = (part: string): boolean => part.startsWith('```') && part.length < 20 && !/\s/.test(part)
