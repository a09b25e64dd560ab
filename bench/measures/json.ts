import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

export const json: Measure = {
  name: 'json',
  warmUp: true,
  rows: [
    { key: 'cpu', label: 'CPU per JSON request', unit: 'µs', target: { ratio: 1.85 } },
    { key: 'rate', label: 'JSON requests per second', unit: '/s' },
  ],
  sample: (subject, bench) => cpuPerRequest(subject, bench, 'json', 32),
}
