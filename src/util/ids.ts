import { randomBytes, randomFillSync } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const pool = Buffer.alloc(4096)
let used = pool.length

/** Alphanumeric characters from the system's generator, drawn through a pool: one system call serves a hundred ids. */
function alphanumeric(length: number): string {
  let text = ''
  while (text.length < length) {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    // 62 does not divide 256: bytes from 248 up are thrown away to keep the draw even.
    const byte = pool[used++] ?? 255
    if (byte < 248) text += alphabet[byte % 62]
  }
  return text
}

/** `gen-<unix seconds>-<20 alphanumerics>` (contract §0.11). */
export const generationId = (unixSeconds: number): string => `gen-${unixSeconds}-${alphanumeric(20)}`

/** `req-<unix seconds>-<20 alphanumerics>` (contract §0.11). */
export const requestId = (unixSeconds: number): string => `req-${unixSeconds}-${alphanumeric(20)}`

/** An id for a tool call whose upstream gave none. */
export const toolCallId = (): string => `call_${alphanumeric(24)}`

/** `sk-or-v1-<64 hex>`: 256 random bits (contract §0.11). */
export const apiKey = (): string => `sk-or-v1-${randomBytes(32).toString('hex')}`
