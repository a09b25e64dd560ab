import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/** A stream with pauses: each chunk comes alone, and costs a read and a write of its own. */
export const paced: Measure = {
  name: 'paced',
  warmUp: true,
  rows: [{ key: 'cpu', label: 'CPU per 100-chunk stream, paced', unit: 'µs', target: { ratio: 1.25 } }],
  sample: (subject, bench) => cpuPerRequest(subject, bench, 'paced', 64),
}
