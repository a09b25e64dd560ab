import type { Buckets, Exemplar, Histogram, Metric } from './metric.ts'

/** The two formats that Prometheus reads. Only OpenMetrics has exemplars. Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export type MetricsFormat = 'prometheus' | 'openmetrics'

export const contentTypes: Readonly<Record<MetricsFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** Returns the format that a client asks for with its `Accept` header: Prometheus' own, unless it names OpenMetrics. */
export const formatFor = (accept: string | undefined): MetricsFormat =>
  accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'prometheus'

/** Writes metrics as text. A metric without any value is left out. */
export function writeMetrics(metrics: Iterable<Metric>, format: MetricsFormat): string {
  const lines: string[] = []
  for (const metric of metrics) {
    const samples = samplesOf(metric, format)
    if (samples.length === 0) continue
    const { name, help } = metric.description
    // In OpenMetrics the name of a counter is that without the ending of its samples.
    const family = format === 'openmetrics' && metric.type === 'counter' ? name.replace(/_total$/, '') : name
    lines.push(`# HELP ${family} ${escaped(help, format)}`, `# TYPE ${family} ${metric.type}`, ...samples)
  }
  if (format === 'openmetrics') lines.push('# EOF')
  return `${lines.join('\n')}\n`
}

function samplesOf(metric: Metric, format: MetricsFormat): readonly string[] {
  const { name, labels } = metric.description
  switch (metric.type) {
    case 'counter':
      return [...metric.sets.entries()].map(([values, { value }]) => `${name}${labelText(labels, values)} ${value}`)
    case 'gauge':
      return [...metric.sets.entries()].map(([values, value]) => `${name}${labelText(labels, values)} ${value}`)
    case 'histogram':
      return [...metric.sets.entries()].flatMap(([values, buckets]) => bucketLines(metric, values, buckets, format))
  }
}

function bucketLines(
  { description: { name, labels }, bounds }: Histogram,
  values: readonly string[],
  { counts, exemplars, exemplarValues, sum }: Buckets,
  format: MetricsFormat,
): readonly string[] {
  const withBound = [...labels, 'le']
  let total = 0
  const buckets = counts.map((count, index) => {
    total += count
    const bound = bounds[index]
    const le = bound === undefined ? '+Inf' : boundText(bound, format)
    const exemplar = format === 'openmetrics' ? exemplarText(exemplars[index], exemplarValues[index]) : ''
    return `${name}_bucket${labelText(withBound, [...values, le])} ${total}${exemplar}`
  })
  const own = labelText(labels, values)
  return [...buckets, `${name}_sum${own} ${sum}`, `${name}_count${own} ${total}`]
}

/** OpenMetrics wants the bounds as floating-point numbers. */
const boundText = (bound: number, format: MetricsFormat): string =>
  format === 'openmetrics' && Number.isInteger(bound) ? `${bound}.0` : String(bound)

function exemplarText(exemplar: Exemplar | undefined, value = 0): string {
  if (exemplar === undefined) return ''
  const { labels, at } = exemplar
  return ` # ${labelText(Object.keys(labels), Object.values(labels))} ${value} ${at / 1000}`
}

/** Writes labels. One without a value is left out, which Prometheus takes as the same. */
function labelText(names: readonly string[], values: readonly string[]): string {
  const pairs = names.flatMap((name, index) => (values[index] ? [`${name}="${escapedLabel(values[index])}"`] : []))
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escapedLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')

/** In the help text Prometheus' own format leaves quotes as they are. */
const escaped = (help: string, format: MetricsFormat): string =>
  format === 'openmetrics' ? escapedLabel(help) : help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
