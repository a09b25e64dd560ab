import { parseJson } from '../../util/json.ts'

interface FormField {
  readonly name: string
  readonly value: string
}

/** The fields of forms that are no texts in JSON, with what reads them. What cannot be read stays a text, which the schema refuses. */
const readers: Readonly<Record<string, (value: string) => unknown>> = {
  temperature: asNumber,
  n: asNumber,
  output_compression: asNumber,
  partial_images: asNumber,
  seed: asNumber,
  diarize: asBoolean,
  stream: asBoolean,
  provider: asJson,
  trace: asJson,
}

/** The fields that may occur several times, as clients write them: with `[]` or without. */
const lists = new Set(['timestamp_granularities', 'keyterms', 'models'])

/** Returns the fields of a form as the JSON body that means the same. Source: contract §8.B. */
export function fieldsOfForm(fields: readonly FormField[]): Readonly<Record<string, unknown>> {
  const body = new Map<string, unknown>()
  for (const { name, value } of fields) {
    const plain = plainName(name)
    if (lists.has(plain)) {
      const before = body.get(plain)
      body.set(plain, [...(Array.isArray(before) ? before : []), ...asList(value)])
    } else body.set(plain, Object.hasOwn(readers, plain) ? readers[plain]?.(value) : value)
  }
  return Object.fromEntries(body)
}

/** Returns the name of a field without the `[]` that some clients write behind one which may occur several times. */
export const plainName = (name: string): string => (name.endsWith('[]') ? name.slice(0, -2) : name)

function asNumber(value: string): unknown {
  return value.trim() === '' || Number.isNaN(Number(value)) ? value : Number(value)
}

function asBoolean(value: string): unknown {
  return value === 'true' ? true : value === 'false' ? false : value
}

function asJson(value: string): unknown {
  return parseJson(value) ?? value
}

/** A list may also come as JSON in one field. */
function asList(value: string): readonly unknown[] {
  const parsed = value.startsWith('[') ? parseJson(value) : undefined
  return Array.isArray(parsed) ? parsed : [value]
}
