import type { SpeechInput } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { unmetField } from '../vendors/unmet-field.ts'

/** A text that is spoken by one voice. */
interface Spoken {
  readonly text: string
  readonly voice: string | undefined
  readonly instructions: string | undefined
}

/**
 * Returns the turns as one text.
 * @throws GatewayError where they have several voices or instructions, which this endpoint cannot be told.
 */
export function oneVoice({ turns }: SpeechInput, endpoint: Endpoint): Spoken {
  const [first, ...others] = turns
  for (const field of ['voice', 'instructions'] as const) {
    if (others.every((turn) => turn[field] === first?.[field])) continue
    throw unmetField('input', endpoint, `takes one ${field === 'voice' ? 'voice' : 'instruction'} a request`)
  }
  return {
    text: turns.map(({ text }) => text).join('\n'),
    voice: first?.voice,
    instructions: first?.instructions,
  }
}
