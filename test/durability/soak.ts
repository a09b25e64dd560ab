/**
 * `npm run soak`: kills gateways under load, 200 times in each of four conditions, and compares what is on record with what clients had
 * received. `npm run soak -- --kills 20 --only full,deleted` does less. The full disk is a small file system in memory, which only root may
 * make; for others the size of files is limited instead, so that the database is full and its journal is not.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { KilledGateway } from './killed-gateway.ts'

/** How long a start may take; where the machine is slow, twice as long as one that has nothing to replay. */
const longestStartMs = 2_000
const isRoot = process.getuid?.() === 0

/** A condition under which a gateway is killed. */
interface Condition {
  /** Makes the condition. Returns the function that ends it, before the records are compared. */
  begin(killed: KilledGateway): (() => void) | Promise<() => void>
  /** The size of the disk in MiB, where it is a small one. */
  readonly diskMb?: number
}

const conditions: Readonly<Record<string, Condition>> = {
  healthy: { begin: () => () => {} },
  locked: {
    begin({ database }) {
      const outside = new DatabaseSync(database, { timeout: 10_000 })
      outside.exec('begin immediate')
      return () => {
        if (outside.isOpen) outside.close()
      }
    },
  },
  full: {
    diskMb: 64,
    begin(killed) {
      const { directory } = killed
      const filler = join(directory, 'filler')
      if (isRoot) fill(directory, filler)
      // So that some rounds reach the point at which requests are refused.
      killed.padding = Math.random() < 0.5 ? 0 : 16_000
      return () => rmSync(filler, { force: true })
    },
  },
  deleted: {
    async begin(killed) {
      for (const suffix of ['', '-wal', '-shm']) rmSync(killed.database + suffix, { force: true })
      // A second at most until it is noticed. Who kills the process before that has deleted the records.
      while (!killed.output.includes('was deleted while it was in use')) await setTimeout(20)
      return () => {}
    },
  },
}

/** Fills a disk, but for the last bytes. */
function fill(directory: string, filler: string): void {
  const { bavail, bsize } = statfsSync(directory)
  try {
    writeFileSync(filler, Buffer.alloc(bavail * bsize))
  } catch (error) {
    // The gateway wrote at the same time. What could be written stays.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    only: { type: 'string', default: Object.keys(conditions).join() },
  },
})

for (const name of options.only.split(',')) {
  const condition = conditions[name]
  if (condition === undefined) throw new Error(`There is no condition ${name}. There are: ${Object.keys(conditions)}.`)
  await soak(name, condition, Number(options.kills))
}

async function soak(name: string, condition: Condition, kills: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-soak-'))
  const isMounted = condition.diskMb !== undefined && isRoot
  if (isMounted) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${condition.diskMb}m`, 'tmpfs', directory])
  const fileKb = condition.diskMb !== undefined && !isRoot ? 4_096 : null
  const killed = await KilledGateway.create(directory, {}, {}, fileKb)
  try {
    const starts: number[] = []
    const plain = await killed.start()
    for (let kill = 0; kill < kills; kill++) {
      let end = (): void => {}
      await killed.killUnderLoad(Math.random() * (killed.padding > 0 ? 3_000 : 150), async () => {
        end = await condition.begin(killed)
      })
      // Some start while the condition lasts, others after it.
      if (kill % 2 === 0 || condition.diskMb !== undefined) end()
      starts.push(await killed.start())
      end()
      const faults = await killed.faults()
      if (faults.length > 0) throw new Error(`${name}, kill ${kill}: ${faults.slice(0, 20).join('\n')}`)
    }
    report(
      name,
      kills,
      killed,
      plain,
      starts.toSorted((one, other) => one - other),
    )
  } finally {
    await killed.stop()
    if (isMounted) execFileSync('umount', [directory])
    rmSync(directory, { recursive: true, force: true })
  }
}

function report(name: string, kills: number, { sent }: KilledGateway, plain: number, starts: readonly number[]): void {
  const [median = 0, slowest = 0] = [starts[Math.floor(starts.length / 2)], starts.at(-1)]
  console.log(
    `${name}: ${kills} kills, ${sent.acknowledged.size} acknowledged replies, all on record once; ${sent.refused.size} refused, ${sent.cutOff.size} cut off; starts: the first ${Math.round(plain)} ms, median ${Math.round(median)} ms, slowest ${Math.round(slowest)} ms`,
  )
  const limit = Math.max(longestStartMs, 2 * plain)
  if (median > limit) {
    console.error(`${name}: a start takes longer than ${Math.round(limit)} ms.`)
    process.exitCode = 1
  }
}
