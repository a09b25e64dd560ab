import { setTimeout as sleep } from 'node:timers/promises'
import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/**
 * Requests with a 2 MB image, one after another, while a second process sends a cheap request every 5 ms. Its waiting time is the time for
 * which the event loop was blocked.
 */
export const image: Measure = {
  name: 'image',
  warmUp: true,
  rows: [
    { key: 'cpu', label: 'CPU per request with a 2 MB image', unit: 'µs', target: { ratio: 1.05 } },
    { key: 'p99', label: 'health request during images, p99', unit: 'ms' },
    { key: 'max', label: 'health request during images, longest', unit: 'ms' },
  ],
  async sample(subject, bench) {
    const { target } = await bench.running(subject)
    const { cpu } = await cpuPerRequest(subject, bench, 'image', 1)
    const images = bench.load.ask({ kind: 'closed', target, traffic: 'image', connections: 1, seconds: bench.seconds })
    await sleep(100)
    const seconds = bench.seconds - 0.3
    const [{ p99 = 0, max = 0 }] = await Promise.all([
      bench.probe.ask({ kind: 'open', target, traffic: 'health', rate: 200, seconds }),
      images,
    ])
    return { cpu, p99, max }
  },
}
