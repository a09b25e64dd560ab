import type { ReasoningDetail } from '../../canonical/reasoning.ts'

/** Gemini's thoughts and signatures among `reasoning_details` (contract §3.3a). */
export const reasoningFormat = 'google-gemini-v1'

export const isOwnDetail = ({ format }: ReasoningDetail): boolean => format === reasoningFormat

const imagePrefix = 'image_'

/**
 * Returns the id of the detail that holds the signature of the n-th generated image. The signature of a call has the call's id instead, and
 * that of text has no id.
 */
export const imageSignatureId = (number: number): string => `${imagePrefix}${number}`

export const isImageSignatureId = (id: string): boolean => id.startsWith(imagePrefix)

/** The signature that Google documents for calls in a history that another model wrote. */
export const dummySignature = 'skip_thought_signature_validator'
