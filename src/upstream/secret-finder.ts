import { trimEnd } from '../util/trim-end.ts'
/** So many characters in a row of a secret are hidden. Shorter secrets are none, and part of ordinary words: `none`, `ollama`. */
const leastRun = 8

/** Finds the places of a text that repeat a secret: `[start, end]` in order, without overlap. */
export type SecretFinder = (text: string) => readonly (readonly [number, number])[]

/**
 * Finds secrets whole or in part, in either letter case, in base64 wherever in the encoded text they begin, and percent-encoded. It
 * looks for every run of eight characters that any of these spellings has: what takes a key apart leaves such runs, and no
 * ordinary text has them. 40 ms a megabyte.
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
  // Base64 encodes three bytes at a time: what stands before the secret shifts it by none, one or two.
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    // Characters at the ends that depend on the neighbours too.
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

/** ASCII alone: other letters may become longer, and then positions would not be the same. */
const lowerCase = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
