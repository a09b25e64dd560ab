import type { ConfigDocument } from './config-document.ts'
import { valueAt } from './path.ts'

interface Unsupported {
  /** The path of the key; `*` stands for any key. */
  readonly path: readonly string[]
  /** Absent: every value is refused. */
  readonly refuses?: (value: unknown) => boolean
  readonly reason: string
}

/** Planned keys whose feature is not implemented yet. To add the feature, delete the row and extend the schema. */
const unsupported: readonly Unsupported[] = [
  { path: ['storage', 'redis_url'], reason: 'shared state for several nodes is not supported yet' },
]

/** Reports the keys whose feature is missing, and removes them. */
export function refuseUnsupported(document: ConfigDocument): void {
  for (const { path: pattern, refuses, reason } of unsupported) {
    const value = document.value()
    for (const path of matches(value, pattern)) {
      if (refuses?.(valueAt(path, value)) ?? true) document.refuse(path, `${reason}.`)
    }
  }
}

/** Finds the paths of a value that match a pattern. */
function matches(value: unknown, [first, ...rest]: readonly string[]): readonly (readonly string[])[] {
  if (first === undefined) return [[]]
  const keys = Object.keys(Object(value)).filter((key) => first === '*' || first === key)
  return keys.flatMap((key) => matches(valueAt([key], value), rest).map((path) => [key].concat(path)))
}
