/** The load generator: a process of its own, so that its work is on nobody's account. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { exchange, openIdleStream } from './exchange.ts'
import type { LoadTask } from './load-task.ts'
import { answerTasks, type Figures } from './processes.ts'
import { quantile } from './statistics.ts'

const timeouts = { headersTimeout: 60_000, bodyTimeout: 60_000 }
/** Streams opened at once: enough to be quick, too few to overflow a backlog. */
const openAtOnce = 50
/** A timer is late by up to this many milliseconds without anyone being slow. What exceeds it counts as latency. */
const timerSlack = 2

const held: Pool[] = []

answerTasks(perform)

function perform(task: LoadTask): Promise<Figures> {
  if (task.kind === 'closed') return closedLoop(task)
  if (task.kind === 'open') return openLoop(task)
  if (task.kind === 'hold') return hold(task)
  return release()
}

async function closedLoop({ target, traffic, connections, seconds }: Extract<LoadTask, { kind: 'closed' }>) {
  const pool = new Pool(target.origin, { connections, ...timeouts })
  const begin = performance.now()
  let requests = 0
  const lane = async () => {
    while (performance.now() - begin < seconds * 1000) {
      await exchange(pool, target, traffic)
      requests++
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, lane))
    return { requests, seconds: (performance.now() - begin) / 1000 }
  } finally {
    await pool.destroy()
  }
}

/** A request's clock starts when it was due, not when it could be sent: a subject that stalls cannot hide what it made wait. */
async function openLoop({ target, traffic, rate, seconds }: Extract<LoadTask, { kind: 'open' }>) {
  const pool = new Pool(target.origin, { connections: 64, ...timeouts })
  const latencies: number[] = []
  const replies: Promise<unknown>[] = []
  const begin = performance.now()
  for (let index = 0; index < rate * seconds; index++) {
    const due = begin + (index * 1000) / rate
    if (due > performance.now()) await sleep(due - performance.now())
    const now = performance.now()
    const start = now - due > timerSlack ? due : now
    replies.push(exchange(pool, target, traffic).then(() => latencies.push(performance.now() - start)))
    replies.at(-1)?.catch(() => {})
  }
  try {
    await Promise.all(replies)
  } finally {
    await pool.destroy()
  }
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), max: Math.max(...latencies) }
}

async function hold({ target, streams }: Extract<LoadTask, { kind: 'hold' }>): Promise<Figures> {
  const pool = new Pool(target.origin, { connections: streams, ...timeouts })
  held.push(pool)
  for (let opened = 0; opened < streams; opened += openAtOnce) {
    const count = Math.min(openAtOnce, streams - opened)
    await Promise.all(Array.from({ length: count }, () => openIdleStream(pool, target)))
  }
  return {}
}

/** Hangs up on every idle stream. */
async function release(): Promise<Figures> {
  await Promise.all(held.splice(0).map((pool) => pool.destroy()))
  return {}
}
