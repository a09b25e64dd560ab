import type { Modality } from './content-part.ts'
import type { Message } from './message.ts'

/** Returns what messages hold besides text. */
export function modalitiesOf(messages: readonly Message[]): ReadonlySet<Modality> {
  const modalities = new Set<Modality>()
  for (const { content } of messages) {
    for (const { type } of content)
      if (type !== 'text' && type !== 'document' && type !== 'vendor') modalities.add(type)
  }
  return modalities
}
