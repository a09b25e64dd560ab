import { workerData } from 'node:worker_threads'

/*
 * A thread beside the one that reads. It ends the process when that takes too much memory, as a PDF does that unpacks to gigabytes: V8 limits
 * only the heap of JavaScript. It also ends a process whose gateway is gone.
 */

const watchMs = 25
const { maxBytes, parent }: { readonly maxBytes: number; readonly parent: number } = workerData

setInterval(() => {
  if (process.memoryUsage.rss() > maxBytes || process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
}, watchMs)
