import { expect, test } from 'vitest'
import { Counter, Gauge, Histogram } from './metric.ts'
import { mostSeries } from './series.ts'
import { writeMetrics } from './write-metrics.ts'

test('a metric has no more label sets than its limit: the rest is counted under other', () => {
  const counter = new Counter({ name: 'c_total', help: 'C.', labels: ['model', 'provider'] })
  for (let index = 0; index < 5 * mostSeries.counter; index++) counter.add(1, `model-${index}`, 'p')
  const sets = [...counter.sets.entries()]
  expect(sets).toHaveLength(mostSeries.counter + 1)
  expect(sets.at(-1)).toEqual([['other', 'other'], { value: 4 * mostSeries.counter }])
  expect(counter.sets.overflows).toBe(4 * mostSeries.counter)
  // Those that had a place keep it.
  counter.add(1, 'model-0', 'p')
  expect(counter.sets.of(['model-0', 'p']).value).toBe(2)
})

test('a histogram stays bounded too, and a gauge leaves out what is too much', () => {
  const histogram = new Histogram({ name: 'h', help: 'H.', labels: ['model'], bounds: [1] })
  const gauge = new Gauge({ name: 'g', help: 'G.', labels: ['model'] })
  for (let index = 0; index < 3_000; index++) {
    histogram.observe(index, null, `m${index}`)
    gauge.set(1, `m${index}`)
  }
  expect([...histogram.sets.entries()]).toHaveLength(mostSeries.histogram + 1)
  expect([...gauge.sets.entries()]).toHaveLength(mostSeries.gauge)
})

test('a value on a bound belongs to its bucket, and buckets add up', () => {
  const histogram = new Histogram({ name: 'h_seconds', help: 'H.', labels: [], bounds: [1, 2.5] })
  for (const value of [0, 1, 1.5, 2.5, 9]) histogram.observe(value, null)
  expect(writeMetrics([histogram], 'prometheus')).toBe(
    [
      '# HELP h_seconds H.',
      '# TYPE h_seconds histogram',
      'h_seconds_bucket{le="1"} 2',
      'h_seconds_bucket{le="2.5"} 4',
      'h_seconds_bucket{le="+Inf"} 5',
      'h_seconds_sum 14',
      'h_seconds_count 5',
      '',
    ].join('\n'),
  )
})

test('label values are escaped, whatever they hold', () => {
  const counter = new Counter({ name: 'c_total', help: 'Back\\slash "and"\nline.', labels: ['x'] })
  counter.add(1, 'a"b\\c\nd')
  expect(writeMetrics([counter], 'prometheus')).toContain('c_total{x="a\\"b\\\\c\\nd"} 1')
  expect(writeMetrics([counter], 'prometheus')).toContain('# HELP c_total Back\\\\slash "and"\\nline.')
})
