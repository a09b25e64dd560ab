import { fdatasync, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'

/** `process`: what is written survives the process. `power`: it is on the disk, and survives a power failure too. */
export type Durability = 'process' | 'power'

/** Writes bytes at a position of an open file. Returns nothing where that is done, and otherwise a promise. */
export type WriteBytes = (file: number, bytes: Buffer, position: number) => Promise<void> | void

/** A write that takes longer shows that the disk is slow. */
const slowMs = 10
/** How long a disk counts as slow. */
const cautiousMs = 10_000

const writeLater = promisify(write)
const flush = promisify(fdatasync)

/**
 * Creates the function that writes. The system copies the bytes into its memory, which takes 3 µs; through Node's threads the same write
 * takes 25 to 40 µs of CPU (measured). So it is made at once. But a slow disk may block it, and with it all requests: once a write was slow,
 * the next ones go through the threads for ten seconds.
 */
export function bytesWriter(durability: Durability): WriteBytes {
  let cautiousUntil = durability === 'power' ? Number.POSITIVE_INFINITY : 0
  return (file, bytes, position) => {
    const startedAt = performance.now()
    if (startedAt < cautiousUntil) return inThread(file, bytes, position, durability)
    for (let done = 0; done < bytes.length;) {
      done += writeSync(file, bytes, done, bytes.length - done, position + done)
    }
    if (performance.now() - startedAt > slowMs) cautiousUntil = startedAt + cautiousMs
    return undefined
  }
}

async function inThread(file: number, bytes: Buffer, position: number, durability: Durability): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await writeLater(file, bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
  if (durability === 'power') await flush(file)
}
