import { hash } from 'node:crypto'

/** What Google documents for calls that no Gemini made. */
export const dummySignature = 'skip_thought_signature_validator'

/** A made-up thought signature: the same words or the same call always get the same, so that it can be checked when it comes back. */
export const wordsSignature = (text: string): string => hash('sha256', `words:${text}`, 'base64')

export const callSignature = (name: string, args: unknown): string =>
  hash('sha256', `call:${name}:${JSON.stringify(args)}`, 'base64')

export const imageSignature = (data: string): string => hash('sha256', `image:${data}`, 'base64')
