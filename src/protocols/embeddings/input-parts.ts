import { GatewayError } from '../../canonical/errors.ts'
import type { EmbeddingInput } from '../../canonical/generation-request.ts'
import type { ContentPart } from '../../canonical/content-part.ts'

/** Tells the parts of an input that has media from token ids and a text. */
export const isParts = (input: EmbeddingInput): input is readonly ContentPart[] =>
  typeof input === 'object' && typeof input[0] === 'object'

/**
 * Returns the parts of an input, for a language without token ids.
 * @throws GatewayError for token ids: only who has the tokenizer can read them.
 */
export function partsOf(input: EmbeddingInput, providerName: string): readonly ContentPart[] {
  if (typeof input === 'string') return [{ type: 'text', text: input }]
  if (isParts(input)) return input
  throw refusal('token ids', providerName)
}

/**
 * Returns the text of an input, for a language that embeds nothing else.
 * @throws GatewayError for anything else.
 */
export function textOf(input: EmbeddingInput, providerName: string): string {
  const texts = partsOf(input, providerName).map((part) => {
    if (part.type !== 'text') throw refusal(`${part.type} input`, providerName)
    return part.text
  })
  return texts.join('\n')
}

/** Makes the error for what an upstream does not embed. Another endpoint may. */
export const refusal = (what: string, providerName: string): GatewayError =>
  new GatewayError('invalid_request', `${providerName} embeds no ${what}.`, {
    providerName,
    issues: [{ path: 'input', message: `is ${what}, which ${providerName} does not embed` }],
  })
