/** Returns the bytes that a call touches. `self` is the buffer whose method is called, `given` are its arguments. */
type Cost = (self: unknown, given: readonly unknown[]) => number

const lengthOf = (value: unknown): number => (value instanceof Uint8Array ? value.length : 0)
const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)
const span: (start: unknown, end: unknown, self: unknown) => number = (start, end, self) =>
  Math.max(0, numberOr(end, lengthOf(self)) - numberOr(start, 0))

const methods: readonly (readonly [owner: object, name: string, cost: Cost])[] = [
  [Buffer.prototype, 'copy', (self, [, , start, end]) => span(start, end, self)],
  [Buffer.prototype, 'indexOf', (self, [, start]) => span(start, undefined, self)],
  [Buffer.prototype, 'toString', (self, [, start, end]) => span(start, end, self)],
  [Uint8Array.prototype, 'set', (_, [source]) => lengthOf(source)],
  [Buffer, 'concat', (_, [list]) => (Array.isArray(list) ? list.reduce((sum, item) => sum + lengthOf(item), 0) : 0)],
]

/**
 * Counts the bytes that `work` copies, searches and decodes with the methods of buffers. Their number shows the cost of reading on any
 * machine: work that grows with the square of its input is visible here as it would be in time.
 */
export function bytesTouched(work: () => void): number {
  let touched = 0
  const undo = methods.map(([owner, name, cost]) => {
    const own = Object.getOwnPropertyDescriptor(owner, name)
    const method: unknown = Reflect.get(owner, name)
    if (typeof method !== 'function') throw new TypeError(`Buffers have no ${name}.`)
    Reflect.set(owner, name, function counted(this: unknown, ...given: readonly unknown[]): unknown {
      touched += cost(this, given)
      return Reflect.apply(method, this, given)
    })
    return () => (own === undefined ? Reflect.deleteProperty(owner, name) : Object.defineProperty(owner, name, own))
  })
  try {
    work()
  } finally {
    for (const restore of undo) restore()
  }
  return touched
}
