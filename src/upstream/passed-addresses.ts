import type { ContentPart } from '../canonical/content-part.ts'
import type { PlacedAddress } from '../canonical/placed-address.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import { gatewayFieldNames } from '../protocols/gateway-fields/field-names.ts'
import type { JsonObject } from '../util/json.ts'
import { search } from '../util/pattern.ts'

/** Texts, and what is checked where it is decoded. */
const elsewhere: ReadonlySet<string> = new Set([
  ...gatewayFieldNames,
  ...['prompt', 'input', 'instructions', 'query', 'documents', 'input_references'],
])

/** The same of a chat, whose messages are decoded. */
const elsewhereInChats: ReadonlySet<string> = new Set([
  ...elsewhere,
  ...['messages', 'system', 'tools', 'tool_choice', 'response_format', 'text', 'stop', 'stop_sequences', 'suffix'],
  'prediction',
])

/** A text may hold an address, and nobody fetches it. */
const texts: ReadonlySet<string> = new Set(['text', 'content'])

/** `file:` alone begins many a text. White space is passed over by some who fetch. */
const fetchable = /^[\0- ]*(?:https?:|ftp:\/|file:\/)/i

/**
 * Finds the addresses in what goes on to a provider as the client wrote it: fields of the body that the gateway does not know, and
 * `provider.options` of this provider.
 */
export function passedAddresses(
  { operation, source, routing }: GenerationRequest,
  slug: string,
): readonly PlacedAddress[] {
  const found: PlacedAddress[] = []
  const isChat = operation === 'chat' || operation === 'completions'
  const known = isChat ? elsewhereInChats : elsewhere
  for (const [name, value] of Object.entries(source.body)) if (!known.has(name)) collect(found, value, name, name)
  const options: JsonObject = routing.providerOptions?.get(slug.toLowerCase()) ?? {}
  for (const [name, value] of Object.entries(options)) collect(found, value, name, `provider.options.${slug}.${name}`)
  return found
}

/** Values nest no deeper than the gateway reads JSON (`limits.json_depth`). */
function collect(found: PlacedAddress[], value: unknown, name: string, path: string): void {
  if (typeof value === 'string') {
    if (texts.has(name) || search(fetchable, value) === null) return
    found.push({ address: value, kind: kindOf(name), path })
  } else if (Array.isArray(value)) {
    value.forEach((each, index) => collect(found, each, name, `${path}[${index}]`))
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) collect(found, each, key, `${path}.${key}`)
  }
}

const kindOf = (name: string): ContentPart['type'] =>
  search(/image|mask|picture/i, name) !== null
    ? 'image'
    : search(/audio|voice|speech/i, name) !== null
      ? 'audio'
      : 'file'
