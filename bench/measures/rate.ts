import type { Measure } from '../measure.ts'
import { cpuAtRate } from './cpu-per-request.ts'

const rate = 100

/** A small machine is rarely busy: timers, group writes and garbage collection are then shared by few requests. */
export const steady: Measure = {
  name: 'rate',
  warmUp: true,
  rows: [{ key: 'cpu', label: `CPU per JSON request at ${rate}/s`, unit: 'µs', target: { ratio: 1.6 } }],
  sample: (subject, bench) => cpuAtRate(subject, bench, 'json', rate),
}
