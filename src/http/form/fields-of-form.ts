import { jsonExcess } from '../../util/json-excess.ts'
import { parseJson } from '../../util/json.ts'
import { type BodyLimits, nestsTooDeep } from '../read-json-body.ts'

interface FormField {
  readonly name: string
  readonly value: string
}

/** The fields of forms that are no texts in JSON, with what reads them. What cannot be read stays a text, which the schema refuses. */
const readers: Readonly<Record<string, (value: string, depth: number) => unknown>> = {
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

/**
 * Returns the fields of a form as the JSON body that means the same. Source: contract §8.B.
 * @throws GatewayError 400 for JSON in a field that nests deeper than a body may
 */
export function fieldsOfForm(
  fields: readonly FormField[],
  { jsonDepth }: Pick<BodyLimits, 'jsonDepth'>,
): Readonly<Record<string, unknown>> {
  const body = new Map<string, unknown>()
  for (const { name, value } of fields) {
    const plain = plainName(name)
    if (!lists.has(plain)) {
      body.set(plain, Object.hasOwn(readers, plain) ? readers[plain]?.(value, jsonDepth) : value)
      continue
    }
    const list = body.get(plain)
    const items = asList(value, jsonDepth)
    // Items are added to the list in place: a copy for each field would take time that grows with the square of the form.
    if (Array.isArray(list)) for (const item of items) list.push(item)
    else body.set(plain, items)
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

function asJson(value: string, depth: number): unknown {
  const limits = { depth, keys: Infinity, values: Infinity }
  if (jsonExcess(Buffer.from(value), limits) !== null) throw nestsTooDeep(depth)
  return parseJson(value) ?? value
}

/** A list may also come as JSON in one field. */
function asList(value: string, depth: number): unknown[] {
  const parsed = value.startsWith('[') ? asJson(value, depth) : value
  return Array.isArray(parsed) ? parsed : [value]
}
