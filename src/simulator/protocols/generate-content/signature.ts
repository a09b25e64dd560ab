import { hash } from 'node:crypto'

/** The value that Google documents for calls that no Gemini model made. */
export const dummySignature = 'skip_thought_signature_validator'

/**
 * Returns a simulated thought signature. Equal texts and equal calls have equal signatures, so a signature can be checked when it comes
 * back.
 */
export const textSignature = (text: string): string => hash('sha256', `words:${text}`, 'base64')

export const callSignature = (name: string, args: unknown): string =>
  hash('sha256', `call:${name}:${JSON.stringify(args)}`, 'base64')

export const imageSignature = (data: string): string => hash('sha256', `image:${data}`, 'base64')
