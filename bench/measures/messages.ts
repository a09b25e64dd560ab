import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/** A stream of Messages from a provider that speaks Messages. The bare proxy's stream is of chat completions. */
export const messages: Measure = {
  name: 'messages',
  warmUp: true,
  rows: [{ key: 'cpu', label: 'CPU per 100-chunk stream of Messages', unit: 'µs', target: { ratio: 1.1 } }],
  sample: (subject, bench) => cpuPerRequest(subject, bench, 'messages', 16),
}
