/**
 * Resolves or rejects as a promise does, or rejects with the error of `late` after so many milliseconds. What has arrived while this process was
 * busy is not late: it is read before the error.
 */
export async function within<Value>(ms: number, value: Promise<Value>, late: () => Error): Promise<Value> {
  const limit = Promise.withResolvers<never>()
  const timer = setTimeout(() => setImmediate(() => limit.reject(late())), ms)
  return Promise.race([value, limit.promise]).finally(() => clearTimeout(timer))
}
