/**
 * `npm run soak`: kills gateways under load, 200 times in each of eight conditions, on SQLite and on PostgreSQL, and compares what is on
 * record with what clients had received. `npm run soak -- --kills 20 --only sqlite-full,postgres` does less. The full disk is a small file
 * system in memory, which only root may make.
 *
 * After that it loads a gateway with slow readers, many streams, a long run (`--minutes`) and a thousand requests a second, and prints what
 * that cost. `--only slow-readers` does one of these, and `--scale 0.1` with a tenth of the clients.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { type Condition, conditions } from './conditions.ts'
import type { Start } from './killed-gateway.ts'
import type { Load } from './loads/load.ts'
import { longRun } from './loads/long-run.ts'
import { manyStreams } from './loads/many-streams.ts'
import { recordedMinute, replyWaits } from './loads/records.ts'
import { slowReaders } from './loads/slow-readers.ts'

/** How long a start may take; where the machine is slow, twice as long as one that has nothing to replay. */
const longestStartMs = 2_000
const plainStarts = 3
/** An interrupted run prints what it found until then. */
const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort())

/** How often it is measured how long the start of an empty program takes. */
const bareEvery = 10

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '10' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})

const loads: Readonly<Record<string, Load>> = {
  'slow-readers': slowReaders,
  'many-streams': manyStreams,
  'long-run': longRun(Number(options.minutes)),
  'recorded-minute': recordedMinute,
  'reply-waits': replyWaits,
}
const known = [...Object.keys(conditions), ...Object.keys(loads)]

for (const name of options.only?.split(',') ?? known) {
  const load = loads[name]
  const create = conditions[name]
  if (load !== undefined) await show(name, load)
  else if (create !== undefined) await killIn(name, await create())
  else throw new Error(`There is no ${name}. There are: ${known.join(', ')}.`)
}

async function show(name: string, load: Load): Promise<void> {
  const { line, faults } = await load(Number(options.scale))
  console.log(`${name}: ${line}`)
  for (const fault of faults) console.error(`${name}: ${fault}.`)
  if (faults.length > 0) process.exitCode = 1
}

async function killIn(name: string, condition: Condition): Promise<void> {
  try {
    await soak(name, condition, Number(options.kills))
  } finally {
    await condition.close()
  }
}

async function soak(name: string, { killed, begin, startsMeanwhile }: Condition, kills: number): Promise<void> {
  const plain: Start[] = []
  for (let start = 0; start < plainStarts; start++) {
    // What ends regularly leaves compiled code for the next start.
    if (start > 0) await killed.end()
    plain.push(await killed.start())
  }
  const [starts, bare]: [Start[], number[]] = [[], []]
  for (let kill = 0; kill < kills && !interrupted.signal.aborted; kill++) {
    let end = async (): Promise<void> => {}
    await killed.killUnderLoad(Math.random() * (killed.padding > 0 ? 3_000 : 150), async () => {
      const ending = await begin()
      end = async () => ending()
    })
    // Some start while the condition lasts, others after it.
    if (kill % 2 === 0 || !startsMeanwhile) await end()
    starts.push(await killed.start())
    if (kill % bareEvery === 0) bare.push(bareStart())
    await end()
    const faults = await killed.faults()
    if (faults.length > 0) throw new Error(`${name}, kill ${kill}: ${faults.slice(0, 20).join('\n')}`)
  }
  const { acknowledged, refused, cutOff } = killed.sent
  console.log(
    `${name}: ${starts.length} kills, ${acknowledged.size} acknowledged replies, all on record once; ${refused.size} refused, ${cutOff.size} cut off`,
  )
  console.log(
    `  starts after a kill: ${figures(starts.map(({ ms }) => ms))}; of processor time ${figures(starts.map(({ cpuMs }) => cpuMs))}`,
  )
  console.log(
    `  starts with nothing to replay: ${plain.map(({ ms, cpuMs }) => `${ms.toFixed(0)} ms (${cpuMs.toFixed(0)} ms)`).join(', ')}; node -e 0: ${figures(bare)}`,
  )
  const limit = Math.max(longestStartMs, 2 * Math.max(...plain.map(({ ms }) => ms)))
  if (
    percentile(
      starts.map(({ ms }) => ms),
      0.95,
    ) > limit
  ) {
    console.error(`${name}: a start takes longer than ${limit.toFixed(0)} ms.`)
    process.exitCode = 1
  }
}

function bareStart(): number {
  const before = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return performance.now() - before
}

function figures(times: readonly number[]): string {
  const [p50, p95, max] = [percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)]
  return `p50 ${p50.toFixed(0)}, p95 ${p95.toFixed(0)}, max ${max.toFixed(0)} ms`
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
