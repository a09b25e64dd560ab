import { fullMatch } from './pattern.ts'

/** Returns a text that is one word, as codes of errors are; null for others, which may quote what somebody wrote. */
export const oneWord = (text: string | undefined): string | null =>
  text === undefined ? null : (fullMatch(/^[\w.-]{1,64}$/, text)?.[0] ?? null)
