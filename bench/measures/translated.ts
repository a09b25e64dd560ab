import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/**
 * A stream whose provider has Anthropic's protocol, for a client with chat completions. The bare proxy translates nothing: it passes on the
 * same words from a provider with the client's protocol.
 */
export const translated: Measure = {
  name: 'translated',
  warmUp: true,
  rows: [{ key: 'cpu', label: 'CPU per translated 100-chunk stream', unit: 'µs', target: { ratio: 1.1 } }],
  sample: (subject, bench) => cpuPerRequest(subject, bench, 'translated', 16),
}
