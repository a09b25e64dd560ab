import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/** A stream of Responses from a provider that speaks Responses. The bare proxy's stream is of chat completions. */
export const responses: Measure = {
  name: 'responses',
  warmUp: true,
  rows: [{ key: 'cpu', label: 'CPU per 100-chunk stream of Responses', unit: 'µs', target: { ratio: 1.1 } }],
  sample: (subject, bench) => cpuPerRequest(subject, bench, 'responses', 16),
}
