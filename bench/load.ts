/** The load generator. It is a process of its own, so that its work is not counted for any subject. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { exchange, openIdleStream } from './exchange.ts'
import type { LoadTask } from './load-task.ts'
import { answerTasks, type Figures } from './processes.ts'
import { quantile } from './statistics.ts'

const timeouts = { headersTimeout: 60_000, bodyTimeout: 60_000 }
/** The number of streams opened at the same time: enough to be quick, too few to overflow a backlog. */
const openAtOnce = 50
/** A timer may be late by up to this many milliseconds without any delay in the subject. Anything more counts as latency. */
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

/** The time of a request starts when it was due, not when it could be sent. A subject that stalls cannot hide the delay that it caused. */
async function openLoop({ target, traffic, rate, ...task }: Extract<LoadTask, { kind: 'open' }>) {
  const pool = new Pool(target.origin, { connections: 64, ...timeouts })
  const latencies: number[] = []
  const replies: Promise<unknown>[] = []
  const begin = performance.now()
  for (let index = 0; index < rate * task.seconds; index++) {
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
  const seconds = (performance.now() - begin) / 1000
  const requests = latencies.length
  return {
    requests,
    seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    max: Math.max(...latencies),
  }
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

/** Closes every idle stream. */
async function release(): Promise<Figures> {
  await Promise.all(held.splice(0).map((pool) => pool.destroy()))
  return {}
}
