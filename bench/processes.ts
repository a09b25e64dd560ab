import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { LoadTask } from './load-task.ts'

/** A load generator in a process of its own. It performs one task at a time, and returns figures. */
export interface LoadGenerator {
  /** Rejects with the reason: a wrong reply, a refused connection, or an early end of the process. */
  ask(task: LoadTask): Promise<Figures>
}

export type Figures = Readonly<Record<string, number>>

export function forkLoadGenerator(): LoadGenerator {
  const file = './load.ts'
  const child = forkFile(file)
  const perform = async (task: LoadTask) => {
    child.send(task)
    const answer = await messageFrom(child, file)
    if (typeof answer === 'object' && answer !== null && 'figures' in answer) return figuresOf(answer.figures)
    throw new Error(typeof answer === 'string' ? answer : `${file} answered ${JSON.stringify(answer)}`)
  }
  let previous: Promise<unknown> = Promise.resolve()
  return {
    ask(task) {
      const answer = previous.then(() => perform(task))
      previous = answer.catch(() => {})
      return answer
    },
  }
}

/** Starts the fake provider, and returns the port that it listens on. */
export async function forkUpstream(): Promise<number> {
  const file = './upstream.ts'
  return Number(await messageFrom(forkFile(file), file))
}

/**
 * Performs the tasks that the parent sends, in the load generator's process. Only the parent writes to this channel, and both are compiled
 * with the same `LoadTask`.
 */
export function answerTasks(perform: (task: LoadTask) => Promise<Figures>): void {
  process.on('message', (task) => {
    perform(task as LoadTask).then(
      (figures) => process.send?.({ figures }),
      (error: unknown) => process.send?.(error instanceof Error ? error.message : String(error)),
    )
  })
  process.on('disconnect', () => process.exit())
}

function forkFile(file: string): ChildProcess {
  const child = fork(new URL(file, import.meta.url))
  child.unref()
  child.channel?.unref()
  return child
}

async function messageFrom(child: ChildProcess, file: string): Promise<unknown> {
  const abort = new AbortController()
  child.channel?.ref()
  try {
    const exit = once(child, 'exit', { signal: abort.signal }).then(() => {
      throw new Error(`${file} ended unexpectedly`)
    })
    const [message] = await Promise.race([once(child, 'message', { signal: abort.signal }), exit])
    return message
  } finally {
    abort.abort()
    child.channel?.unref()
  }
}

function figuresOf(value: unknown): Figures {
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, figure]) => [name, Number(figure)]))
}
