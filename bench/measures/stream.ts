import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/** Without pauses many chunks come with one read. With pauses each comes alone, and costs a read and a write of its own. */
export const stream: Measure = {
  name: 'stream',
  warmUp: true,
  rows: [
    { key: 'burst', label: 'CPU per 100-chunk stream', unit: 'µs', target: { ratio: 1.2 } },
    { key: 'rate', label: 'streams per second', unit: '/s' },
    { key: 'paced', label: 'CPU per 100-chunk stream, paced', unit: 'µs' },
  ],
  async sample(subject, bench) {
    const burst = await cpuPerRequest(subject, bench, 'stream', 16)
    const paced = await cpuPerRequest(subject, bench, 'paced', 64)
    return { burst: burst.cpu, rate: burst.rate, paced: paced.cpu }
  },
}
