import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/** A stream for a client that speaks Messages, from a provider that speaks chat completions, as the bare proxy's is. */
export const messagesTranslated: Measure = {
  name: 'messages-translated',
  warmUp: true,
  rows: [{ key: 'cpu', label: 'CPU per 100-chunk stream of Messages, translated', unit: 'µs', target: { ratio: 1.6 } }],
  sample: (subject, bench) => cpuPerRequest(subject, bench, 'messages-translated', 16),
}
