import type { ErrorEncoder } from '../protocols/protocol.ts'
import type { Handler } from './exchange.ts'

export interface Address {
  readonly method: string
  /** A segment in braces, like `{author}`, matches any one segment. */
  readonly path: string
}

/** The route at an address: its handler, and how its errors are written. */
export interface Target {
  readonly handle: Handler
  readonly errors: ErrorEncoder
}

type Methods = Map<string, Target>

interface Pattern {
  readonly path: string
  readonly segments: readonly string[]
  readonly methods: Methods
}

export interface Found {
  readonly target: Target
  readonly parameters: Readonly<Record<string, string>>
}

const none: Readonly<Record<string, string>> = {}
const nothing: ReadonlyMap<string, Target> = new Map()

/**
 * Finds the route of an address. A path without parameters, which every route on the hot path has, is one lookup in a map
 * (docs/decisions/0005).
 */
export class RouteTable {
  readonly #plain = new Map<string, Methods>()
  readonly #patterns: Pattern[] = []
  readonly addresses: Address[] = []

  add(address: Address, target: Target): void {
    this.addresses.push(address)
    this.#methodsOf(address.path).set(address.method, target)
  }

  #methodsOf(path: string): Methods {
    const known = this.#plain.get(path) ?? this.#patterns.find((pattern) => pattern.path === path)?.methods
    if (known !== undefined) return known
    const methods: Methods = new Map()
    if (path.includes('/{')) this.#patterns.push({ path, segments: path.split('/'), methods })
    else this.#plain.set(path, methods)
    return methods
  }

  /** Returns the routes at the path, by method. It is empty when there is none. */
  at(path: string): ReadonlyMap<string, Target> {
    return this.#lookUp(path)?.methods ?? nothing
  }

  /** Finds the route of a request; undefined where there is none. A `HEAD` request is handled as a `GET`, and Node leaves out the body. */
  find(method: string, path: string): Found | undefined {
    const found = this.#lookUp(path)
    const target = found?.methods.get(method === 'HEAD' ? 'GET' : method)
    return found === undefined || target === undefined ? undefined : { target, parameters: found.parameters }
  }

  #lookUp(path: string): { methods: Methods; parameters: Readonly<Record<string, string>> } | undefined {
    const methods = this.#plain.get(path)
    if (methods !== undefined) return { methods, parameters: none }
    const given = path.split('/')
    for (const pattern of this.#patterns) {
      const parameters = match(pattern.segments, given)
      if (parameters !== undefined) return { methods: pattern.methods, parameters }
    }
    return undefined
  }
}

function match(wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (wanted.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? ''
    if (segment.startsWith('{')) parameters[segment.slice(1, -1)] = decoded(value)
    else if (segment !== value) return undefined
  }
  return parameters
}

/** Decodes a segment. A segment with invalid encoding matches no name, so it may stay as it is. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
