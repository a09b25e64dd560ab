import { sleep } from './sleep.ts'

/** Resolves or rejects as a promise does, or resolves with undefined after so many milliseconds. */
export async function atMost<Value>(ms: number, promise: Promise<Value>): Promise<Value | undefined> {
  const limit = new AbortController()
  try {
    return await Promise.race([promise, sleep(ms, limit.signal).then(() => undefined)])
  } finally {
    limit.abort()
  }
}
