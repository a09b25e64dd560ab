import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/** A stream without pauses: many chunks come with one read. */
export const stream: Measure = {
  name: 'stream',
  warmUp: true,
  rows: [
    { key: 'cpu', label: 'CPU per 100-chunk stream', unit: 'µs', target: { ratio: 1 } },
    { key: 'rate', label: 'streams per second', unit: '/s' },
  ],
  sample: (subject, bench) => cpuPerRequest(subject, bench, 'stream', 16),
}
