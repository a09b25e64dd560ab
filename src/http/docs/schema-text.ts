import type { SchemaObject } from '../openapi/schema-object.ts'

/** Returns the schema that a reference points to, and any other schema unchanged. */
export type Resolve = (schema: SchemaObject) => SchemaObject

/** Returns the type of a value in a few words. `null` is left out where it only means absent. */
export function typeText(schema: SchemaObject, resolve: Resolve, hidesNull: boolean): string {
  const resolved = resolve(schema)
  const kinds = kindsOf(resolved, resolve).filter((kind) => !(hidesNull && kind === 'null'))
  return [...new Set(kinds)].join(' or ') || 'anything'
}

function kindsOf(schema: SchemaObject, resolve: Resolve): readonly string[] {
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((branch) => kindsOf(resolve(branch), resolve))
  if (schema.const !== undefined) return [JSON.stringify(schema.const)]
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  return types.map((type) => (type === 'array' ? `array of ${itemWords(schema.items, resolve)}` : type))
}

function itemWords(items: SchemaObject | undefined, resolve: Resolve): string {
  const words = items === undefined ? 'anything' : typeText(items, resolve, true)
  return words.split(' or ').map(plural).join(' or ')
}

const plural = (word: string): string =>
  word.startsWith('"') || word === 'anything' ? word : word.replace(/^(array|\w+)/, '$1s')

/** Returns the limits of a value, each in a few words: its range, its length, its listed values, its default. */
export function limitTexts(schema: SchemaObject, resolve: Resolve): readonly string[] {
  const resolved = resolve(schema)
  const inner = (resolved.anyOf ?? []).flatMap((branch) => limitTexts(branch, resolve))
  const { default: usual } = resolved
  return [
    ...inner,
    ...range('', resolved.minimum, resolved.maximum),
    ...range('characters', resolved.minLength, resolved.maxLength),
    ...range('items', resolved.minItems, resolved.maxItems),
    ...range('keys', undefined, resolved.maxProperties),
    ...(resolved.enum === undefined
      ? []
      : [
          `One of ${resolved.enum
            .filter((value) => value !== null)
            .map(quote)
            .join(', ')}.`,
        ]),
    ...(resolved.items === undefined
      ? []
      : limitTexts(resolved.items, resolve).map((words) => `Each ${words.charAt(0).toLowerCase()}${words.slice(1)}`)),
    ...(usual === undefined ? [] : [`Default ${quote(usual)}.`]),
  ]
}

const quote = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``

function range(unit: string, least: number | undefined, most: number | undefined): readonly string[] {
  const words = unit === '' ? '' : ` ${unit}`
  if (least !== undefined && most !== undefined) return [`From ${least} to ${most}${words}.`]
  if (most !== undefined) return [`At most ${most}${words}.`]
  return least === undefined ? [] : [least === 1 && unit !== '' ? 'Not empty.' : `At least ${least}${words}.`]
}
