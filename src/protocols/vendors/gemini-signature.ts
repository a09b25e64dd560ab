import type { ReasoningDetail } from '../../canonical/reasoning.ts'

/** Gemini's thoughts and signatures among `reasoning_details` (contract §3.3a). */
export const reasoningFormat = 'google-gemini-v1'

export const isOwnDetail = ({ format }: ReasoningDetail): boolean => format === reasoningFormat

const imagePrefix = 'image_'

/** The id of a detail that holds the signature of the n-th generated image; that of a call has the call's id, that of words none. */
export const imageSignatureId = (number: number): string => `${imagePrefix}${number}`

export const isImageSignatureId = (id: string): boolean => id.startsWith(imagePrefix)

/** What Google documents for calls of a history that another model wrote. */
export const dummySignature = 'skip_thought_signature_validator'
