import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/**
 * A request with a server tool that the model calls in two turns before it answers in a third, beside a request of one turn. The bare proxy runs
 * no tools: its ratio is the noise of the gateway's.
 */
export const tools: Measure = {
  name: 'tools',
  warmUp: true,
  rows: [
    { key: 'cpu', label: 'CPU per loop of three turns', unit: 'µs' },
    { key: 'ratio', label: 'loop of three turns over one turn', unit: '×', absolute: true, target: { value: 3.3 } },
  ],
  async sample(subject, bench) {
    const plain = await cpuPerRequest(subject, bench, 'json', 16)
    const { cpu } = await cpuPerRequest(subject, bench, 'tools', 16)
    return { cpu, ratio: cpu / plain.cpu }
  },
}
