import { randomBytes, randomFillSync } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const pool = Buffer.alloc(4096)
let used = pool.length

/** Draws alphanumeric characters from the random generator of the system, through a pool: one system call serves a hundred ids. */
function alphanumeric(length: number): string {
  let text = ''
  while (text.length < length) {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    // 256 is not a multiple of 62: bytes from 248 up are skipped, so that all characters are equally likely.
    const byte = pool[used++] ?? 255
    if (byte < 248) text += alphabet[byte % 62]
  }
  return text
}

/** Draws bytes from the same pool, as hexadecimal digits. */
function hexadecimal(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}

/** Makes an id `gen-<unix seconds>-<20 alphanumerics>` (contract §0.11). */
export const generationId = (unixSeconds: number): string => `gen-${unixSeconds}-${alphanumeric(20)}`

/** Makes an id `req-<unix seconds>-<20 alphanumerics>` (contract §0.11). */
export const requestId = (unixSeconds: number): string => `req-${unixSeconds}-${alphanumeric(20)}`

/** Makes an id for a tool call that has none from its upstream. */
export const toolCallId = (): string => `call_${alphanumeric(24)}`

/** Makes an id `credit-<24 alphanumerics>` of an addition to the credits of an account. */
export const creditId = (): string => `credit-${alphanumeric(24)}`

/** Makes an API key `sk-or-v1-<64 hex>` of 256 random bits (contract §0.11). */
export const apiKey = (): string => `sk-or-v1-${randomBytes(32).toString('hex')}`

/** Makes the id of a trace: 32 hexadecimal digits (W3C Trace Context). */
export const traceId = (): string => hexadecimal(16)

/** Makes the id of a span: 16 hexadecimal digits. */
export const spanId = (): string => hexadecimal(8)
