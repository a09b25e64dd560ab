import { trimEnd } from '../util/trim-end.ts'
/**
 * The number of consecutive characters of a secret that are hidden. Shorter values are not treated as secrets, because they occur in
 * ordinary text: `none`, `ollama`.
 */
const leastRun = 8

/** Returns the places of a text that repeat a secret: `[start, end]` in order, without overlap. */
export type SecretFinder = (text: string) => readonly (readonly [number, number])[]

/**
 * Makes the function that finds secrets whole or in part, in either letter case, in base64 wherever in the encoded text they begin, and
 * percent-encoded. It searches for every run of eight characters that any of these spellings has: the parts of a divided key still have
 * such runs, and ordinary text does not. It takes 40 ms per megabyte.
 */
export function secretFinder(secrets: readonly string[]): SecretFinder {
  const runs = new Set(
    secrets
      .filter(({ length }) => length >= leastRun)
      .flatMap(spellings)
      .flatMap(runsOf),
  )
  return (text) => {
    if (runs.size === 0) return []
    const lower = lowerCase(text)
    const found: [number, number][] = []
    for (let start = 0; start + leastRun <= lower.length; start++) {
      if (!runs.has(lower.slice(start, start + leastRun))) continue
      const last = found.at(-1)
      if (last !== undefined && start <= last[1]) last[1] = start + leastRun
      else found.push([start, start + leastRun])
    }
    return found
  }
}

function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const percent = bytes.toString('hex').replaceAll(/../g, '%$&')
  // Base64 encodes three bytes at a time: the bytes before the secret shift it by none, one or two.
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    // Without the characters at both ends, which also depend on the neighbouring bytes.
    return trimEnd(encoded, '=').slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6))
  })
  return [
    secret,
    encodeURIComponent(secret),
    percent,
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

function runsOf(spelling: string): readonly string[] {
  const lower = lowerCase(spelling)
  return Array.from({ length: Math.max(0, lower.length - leastRun + 1) }, (_, start) =>
    lower.slice(start, start + leastRun),
  )
}

/** Converts only ASCII letters to lower case: other letters may become longer, and then positions would not be the same. */
const lowerCase = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
