import { isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { search } from '../../util/pattern.ts'
import { mapInnerSchemas } from '../vendors/inner-schemas.ts'

/** The most parts that can be referred to. A schema could refer to each of its parts; no honest one has more references than this. */
const mostNamed = 200

/**
 * The targets of one schema's references, all collected under `$defs`, the only place that Google knows: `definitions`, the root itself
 * (`#`), any other part of the schema, and addresses that begin with the schema's own.
 */
export class SchemaReferences {
  readonly #root: JsonObject
  readonly #names = new Map<string, string>()
  readonly #targets = new Map<string, JsonObject>()

  constructor(root: JsonObject) {
    this.#root = root
    for (const section of ['$defs', 'definitions']) {
      for (const [name, target] of Object.entries(objectOf(root[section]) ?? {})) {
        if (isObject(target)) this.#name(`#/${section}/${escaped(name)}`, name, target)
      }
    }
  }

  /** Returns the target of a reference; null where it has none. */
  target(reference: string): JsonObject | null {
    const name = this.#nameOf(reference)
    return name === null ? null : (this.#targets.get(name) ?? null)
  }

  /** Returns a reference in the form that Google takes; null where it has no target. An anchor stays as it is. */
  rename(reference: string): string | null {
    if (search(/^#[A-Za-z_]/, reference) !== null) return reference
    const name = this.#nameOf(reference)
    return name === null ? null : `#/$defs/${escaped(name)}`
  }

  /** Yields every target by its name, also those that are added while this generator runs. */
  *definitions(): Generator<readonly [name: string, target: JsonObject]> {
    yield* this.#targets
  }

  #nameOf(reference: string): string | null {
    const own = stringOf(this.#root['$id'])
    const local = own !== undefined && own !== '' && reference.startsWith(own) ? reference.slice(own.length) : reference
    const pointer = local === '' ? '#' : local
    const known = this.#names.get(pointer)
    if (known !== undefined) return known
    const target = pointer === '#' || pointer.startsWith('#/') ? this.#follow(pointer) : null
    if (target === null || this.#names.size >= mostNamed) return null
    return this.#name(pointer, pointer === '#' ? 'root' : pointer.slice(pointer.lastIndexOf('/') + 1), target)
  }

  #follow(pointer: string): JsonObject | null {
    const steps = pointer.split('/').slice(1)
    const target = steps.reduce<unknown>((at, step) => {
      const key = unescaped(step)
      return Array.isArray(at) ? at[Number(key)] : isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
    }, this.#root)
    return isObject(target) ? target : null
  }

  #name(pointer: string, wished: string, target: JsonObject): string {
    let name = wished
    for (let copy = 2; this.#targets.has(name); copy++) name = `${wished}_${copy}`
    this.#names.set(pointer, name)
    this.#targets.set(name, target)
    return name
  }
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

function unescaped(step: string): string {
  const plain = step.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(plain)
  } catch {
    return plain
  }
}

/** Tells whether a schema contains a reference. */
export function hasReferences(schema: JsonObject): boolean {
  let found = typeof schema['$ref'] === 'string'
  mapInnerSchemas(schema, (inner) => {
    found ||= hasReferences(inner)
    return inner
  })
  return found
}
