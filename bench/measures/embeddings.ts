import type { Measure } from '../measure.ts'
import { cpuPerRequest } from './cpu-per-request.ts'

/** A batch of 100 texts of about 200 characters, and its vectors of 1,536 numbers as text: a reply of about 3 MB. */
export const embeddings: Measure = {
  name: 'embeddings',
  warmUp: true,
  rows: [
    { key: 'cpu', label: 'CPU per batch of 100 embeddings', unit: 'µs', target: { ratio: 2 } },
    { key: 'rate', label: 'batches of 100 embeddings per second', unit: '/s' },
  ],
  sample: (subject, bench) => cpuPerRequest(subject, bench, 'embeddings', 4),
}
