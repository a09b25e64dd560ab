import type { ContentPart, Modality } from './content-part.ts'
import type { Message } from './message.ts'

/** Returns what messages hold besides text. */
export function modalitiesOf(messages: readonly Message[]): ReadonlySet<Modality> {
  const modalities = new Set<Modality>()
  for (const { content } of messages) addModalities(content, modalities)
  return modalities
}

/** Returns what parts are besides text. */
export function modalitiesOfParts(parts: readonly ContentPart[]): ReadonlySet<Modality> {
  const modalities = new Set<Modality>()
  addModalities(parts, modalities)
  return modalities
}

function addModalities(parts: readonly ContentPart[], modalities: Set<Modality>): void {
  for (const { type } of parts) {
    if (type !== 'text' && type !== 'document' && type !== 'vendor') modalities.add(type)
  }
}
