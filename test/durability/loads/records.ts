import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Journal } from '../../../src/ledger/journal/journal.ts'
import type { Durability } from '../../../src/ledger/journal/write-bytes.ts'
import { lockFile } from '../../../src/storage/file-lock.ts'
import { openStorage } from '../../../src/storage/open-storage.ts'
import { generationRecord } from '../../contract/generation-record.ts'
import { askOnce, atRate, type Load, percentile, residentMb, withGateway } from './load.ts'

const mostPerSecond = 1_000
const seconds = 60

/** A thousand requests a second are recorded for a minute, and the memory does not grow. */
export const recordedMinute: Load = (scale) =>
  withGateway({}, async (gateway) => {
    const perSecond = mostPerSecond * scale
    const memory: number[] = []
    let answered = 0
    for (let part = 0; part < 6; part++) {
      await atRate(perSecond, seconds / 6, async () => {
        if ((await askOnce(gateway)) === 200) answered++
      })
      memory.push(residentMb(gateway.pid))
    }
    await gateway.end()
    const recorded = await gateway.count()
    return {
      line: `${perSecond} requests a second for ${seconds} s: ${answered} answered, ${recorded} on record; memory in MB ${memory.map((mb) => mb.toFixed(0)).join(' ')}`,
      faults: recorded === answered ? [] : [`${answered} were answered and ${recorded} are on record`],
    }
  })

/** How long the end of a reply waits until its record is in the journal. */
export const replyWaits: Load = async (scale) => {
  const perSecond = mostPerSecond * scale
  const lines: string[] = []
  for (const durability of ['process', 'power'] as const) {
    const waits = await waitsOf(durability, perSecond)
    lines.push(`${durability} p50 ${percentile(waits, 0.5).toFixed(3)}, p99 ${percentile(waits, 0.99).toFixed(2)} ms`)
  }
  return { line: `a reply waits for its group, at ${perSecond} a second: ${lines.join('; ')}`, faults: [] }
}

async function waitsOf(durability: Durability, perSecond: number): Promise<readonly number[]> {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-waits-'))
  const { generations, usage, close } = await openStorage(`sqlite:${join(directory, 'waygate.db')}`)
  const onError = (error: Error): void => console.error(error.message)
  const folder = join(directory, 'journal')
  const journal = await Journal.open({ folder, durability, lockFile, store: generations, usage, onError })
  let made = 0
  const waits: number[] = []
  await atRate(perSecond, 10, async () => {
    const record = generationRecord({ id: `gen-${made++}`, createdAt: Date.now() })
    const before = performance.now()
    await journal.settled(record)
    waits.push(performance.now() - before)
  })
  await journal.close()
  await close()
  rmSync(directory, { recursive: true })
  return waits
}
