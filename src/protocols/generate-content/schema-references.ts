import { isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { search } from '../../util/pattern.ts'
import { mapInnerSchemas } from '../vendors/inner-schemas.ts'

/** A schema may be made to name each of its parts: more than anybody writes is not followed. */
const mostNamed = 200

/**
 * What the references of one schema lead to, all of it under `$defs`, the one place that Google knows: `definitions`, the root itself (`#`),
 * any other part of it, and addresses that begin with the schema's own.
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

  /** Null for a reference that leads nowhere. */
  target(reference: string): JsonObject | null {
    const name = this.#nameOf(reference)
    return name === null ? null : (this.#targets.get(name) ?? null)
  }

  /** The same reference as Google takes it; null where it leads nowhere. An anchor stays as it is. */
  rename(reference: string): string | null {
    if (search(/^#[A-Za-z_]/, reference) !== null) return reference
    const name = this.#nameOf(reference)
    return name === null ? null : `#/$defs/${escaped(name)}`
  }

  /** All that is referred to, by name. What is asked for while it is read is read as well. */
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

/** Whether something in the schema is a reference. */
export function hasReferences(schema: JsonObject): boolean {
  let found = typeof schema['$ref'] === 'string'
  mapInnerSchemas(schema, (inner) => {
    found ||= hasReferences(inner)
    return inner
  })
  return found
}
