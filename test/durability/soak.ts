/**
 * `npm run soak`: kills gateways under load, 200 times in each of eight conditions, on SQLite and on PostgreSQL, and compares what is on
 * record with what clients had received. `npm run soak -- --kills 20 --only sqlite-full,postgres` does less. The full disk is a small file
 * system in memory, which only root may make.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { type Condition, conditions } from './conditions.ts'
import type { Start } from './killed-gateway.ts'

/** How long a start may take; where the machine is slow, twice as long as one that has nothing to replay. */
const longestStartMs = 2_000
const plainStarts = 3
/** How often it is measured how long the start of an empty program takes. */
const bareEvery = 10

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    only: { type: 'string', default: Object.keys(conditions).join() },
  },
})

for (const name of options.only.split(',')) {
  const create = conditions[name]
  if (create === undefined) throw new Error(`There is no condition ${name}. There are: ${Object.keys(conditions)}.`)
  const condition = await create()
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
  for (let kill = 0; kill < kills; kill++) {
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
    `${name}: ${kills} kills, ${acknowledged.size} acknowledged replies, all on record once; ${refused.size} refused, ${cutOff.size} cut off`,
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
