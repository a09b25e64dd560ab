import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/**
 * A stream whose provider has Anthropic's protocol, for a client with chat completions, beside the stream that needs no translation. The
 * bare proxy translates nothing: its ratio is the noise of the gateway's.
 */
export const translated: Measure = {
  name: 'translated',
  warmUp: true,
  rows: [
    { key: 'cpu', label: 'CPU per translated 100-chunk stream', unit: 'µs' },
    {
      key: 'ratio',
      label: 'translated stream over an untranslated one',
      unit: '×',
      absolute: true,
      target: { value: 1.5 },
    },
  ],
  async sample(subject, bench) {
    const plain = await cpuPerRequest(subject, bench, 'stream', 16)
    const { cpu } = await cpuPerRequest(subject, bench, 'translated', 16)
    return { cpu, ratio: cpu / plain.cpu }
  },
}
