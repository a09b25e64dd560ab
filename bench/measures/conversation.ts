import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/** A request of 200 kB, as agents send them: what it costs to read, judge and pass on what was said before. */
export const conversation: Measure = {
  name: 'conversation',
  warmUp: true,
  rows: [{ key: 'cpu', label: 'CPU per request of 200 kB', unit: 'µs', target: { ratio: 1.3 } }],
  sample: (subject, bench) => cpuPerRequest(subject, bench, 'conversation', 8),
}
