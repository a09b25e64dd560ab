/** Writes `docs/telemetry.md` from its template and the metrics. With `--check` it reports whether the committed page is up to date. */
import { readFileSync } from 'node:fs'
import { createGatewayMetrics } from '../src/telemetry/metrics/gateway-metrics.ts'
import type { Metric } from '../src/telemetry/metrics/metric.ts'
import { mostSeries } from '../src/telemetry/metrics/series.ts'
import { writeOrCheck } from './write-or-check.ts'

const template = readFileSync(new URL('../docs/telemetry.template.md', import.meta.url), 'utf8')

const row = ({ type, description: { name, labels, help } }: Metric): string =>
  `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`

const values: Readonly<Record<string, string>> = {
  'mostSeries.counter': mostSeries.counter.toLocaleString('en'),
  'mostSeries.histogram': mostSeries.histogram.toLocaleString('en'),
  metrics: [
    '| metric | type | labels | |',
    '|---|---|---|---|',
    ...Object.values<Metric>(createGatewayMetrics()).map(row),
  ].join('\n'),
}

writeOrCheck(
  'docs/telemetry.md',
  template.replaceAll(/\{\{([\w.]+)\}\}/g, (whole, name: string) => values[name] ?? whole),
)
