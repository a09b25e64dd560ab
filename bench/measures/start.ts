import type { Measure } from '../measure.ts'

/** The time from spawn to the first correct reply to a chat request, in an empty directory, so that databases are created on the way. */
export const start: Measure = {
  name: 'start',
  warmUp: false,
  rows: [{ key: 'start', label: 'start to first answer', unit: 's', target: { value: 0.6 } }],
  sample: (subject, bench) => bench.fresh(subject, async ({ startMs }) => ({ start: startMs / 1000 })),
}
