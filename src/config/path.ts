/** Keys and indices from the root of the file downwards. */
export type Path = readonly (string | number)[]

/** Prints a path as users write it: `models.acme/m1.endpoints[0].pricing`. */
export function printPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** Splits a JSON pointer into a path of a value. Indices of lists become numbers. */
export function parsePointer(pointer: string, value: unknown): Path {
  let current = value
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
      const part = Array.isArray(current) ? Number(key) : key
      current = child(current, part)
      return part
    })
}

/** Returns the value at a path; undefined when there is none. */
export function valueAt(path: Path, value: unknown): unknown {
  return path.reduce(child, value)
}

function child(value: unknown, part: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined
}
