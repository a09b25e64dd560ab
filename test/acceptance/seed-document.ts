import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../src/util/json.ts'

/**
 * The contents of the published documents. A path is `name.name`; `[]` is each item of a list; `<word>` is an object whose `type` or `role`
 * is that word: `messages[]<user>.content[]<text>.text`.
 */
export interface SeedProperties {
  readonly chatRequest: readonly string[]
  readonly chatResponse: readonly string[]
  readonly completionsRequest: readonly string[]
  readonly completionsResponse: readonly string[]
  /** Only the top-level fields, from the newer reference. */
  readonly chatFields: {
    readonly headers: readonly string[]
    readonly request: readonly string[]
    readonly response: readonly string[]
  }
}

/** Reads the seed documents of a folder, whatever their names. */
export async function readSeeds(folder: string): Promise<SeedProperties> {
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  const holding = (words: string): string => {
    const found = texts.find((text) => text.includes(words))
    if (found === undefined) throw new Error(`No document of ${folder} holds "${words}".`)
    return found
  }
  const chat = holding('operationId: send-chat-completion-request')
  const completions = holding('operationId: create-completions')
  const reference = holding('Opt-in to surface routing metadata')
  return {
    ...named('chat', propertiesOf(chat, 'ChatGenerationParams', 'ChatResponse')),
    ...named('completions', propertiesOf(completions, 'CompletionCreateParams', 'CompletionResponse')),
    chatFields: {
      headers: fieldsBetween(reference, '\nHeaders\n', '\nBody\n'),
      request: fieldsBetween(reference, '\nBody\n', '\nResponse\n'),
      response: fieldsBetween(reference, '\nResponse\n', null),
    },
  }
}

type Pair = { readonly request: readonly string[]; readonly response: readonly string[] }
function named(kind: 'chat', pair: Pair): Pick<SeedProperties, 'chatRequest' | 'chatResponse'>
function named(kind: 'completions', pair: Pair): Pick<SeedProperties, 'completionsRequest' | 'completionsResponse'>
function named(kind: string, { request, response }: Pair) {
  return { [`${kind}Request`]: request, [`${kind}Response`]: response }
}

function propertiesOf(document: string, request: string, response: string): Pair {
  const yaml = /```yaml\n([^]*?)```/.exec(document)?.[1] ?? ''
  const schemas = objectOf(objectOf(objectOf(parse(yaml))?.['components'])?.['schemas']) ?? {}
  return { request: walk({ $ref: `/${request}` }, '', schemas), response: walk({ $ref: `/${response}` }, '', schemas) }
}

/** Returns every property below a schema, each path once. */
function walk(schema: unknown, path: string, schemas: JsonObject): readonly string[] {
  const resolved = resolve(schema, schemas)
  const variants = arrayOf(resolved['oneOf'])
  const paths =
    variants.length > 0
      ? variants.flatMap((variant) => walk(variant, path + tagOf(resolve(variant, schemas), schemas), schemas))
      : [
          ...(resolved['items'] === undefined ? [] : walk(resolved['items'], `${path}[]`, schemas)),
          ...Object.entries(objectOf(resolved['properties']) ?? {}).flatMap(([name, property]) => {
            const own = path === '' ? name : `${path}.${name}`
            return [own, ...walk(property, own, schemas)]
          }),
        ]
  return [...new Set(paths)]
}

function resolve(schema: unknown, schemas: JsonObject): JsonObject {
  if (!isObject(schema)) throw new Error(`Not a schema: ${JSON.stringify(schema)}`)
  const reference = stringOf(schema['$ref'])
  return reference === undefined ? schema : resolve(schemas[reference.slice(reference.lastIndexOf('/') + 1)], schemas)
}

/** The documents write a literal as `enum: [{type: stringLiteral, value: user}]`. */
function tagOf(schema: JsonObject, schemas: JsonObject): string {
  const properties = objectOf(schema['properties'])
  const discriminator = properties?.['role'] ?? properties?.['type']
  if (discriminator === undefined) return ''
  const [only, another] = arrayOf(resolve(discriminator, schemas)['enum'])
  const word = stringOf(objectOf(only)?.['value'])
  return word === undefined || another !== undefined ? '' : `<${word}>`
}

/** A field is a word on a line of its own, followed by its type, or by an empty line and then text. */
function fieldsBetween(text: string, from: string, to: string | null): readonly string[] {
  const start = text.indexOf(from) + from.length
  const lines = text.slice(start, to === null ? undefined : text.indexOf(to, start)).split('\n')
  const isType = (line = ''): boolean =>
    /^(string|integer|number<double>|boolean|object|enum<string>)(\[\])?( \| null)?$/.test(line)
  return lines.filter((line, i) => {
    if (!/^[A-Za-z][A-Za-z_-]*$/.test(line) || line === 'required' || line === 'deprecated') return false
    // One field is called `object`, which is also a type.
    return isType(lines[i + 1]) || isType(line)
      ? isType(lines[i + 1])
      : lines[i + 1] === '' && /^[A-Z].* /.test(lines[i + 2] ?? '')
  })
}

/** Returns the values at a path, one for each place that it leads to. */
export function valuesAt(value: unknown, path: string): readonly unknown[] {
  let places: readonly unknown[] = [value]
  for (const [step, name, tag] of path.matchAll(/\.?([\w-]+)|<([\w-]+)>|\[\]/g)) {
    if (step === '[]') places = places.flatMap(arrayOf)
    else if (tag !== undefined)
      places = places.filter((place) => isObject(place) && (place['role'] ?? place['type']) === tag)
    else
      places = places.flatMap((place) => (isObject(place) && name !== undefined && name in place ? [place[name]] : []))
  }
  return places
}
