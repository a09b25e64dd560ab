import { cpus } from 'node:os'
import type { Row } from './measure.ts'
import type { RoutingRow } from './routing.ts'
import type { Outcome } from './run-rounds.ts'
import { median, quantile } from './statistics.ts'
import type { ValidateRow } from './validate.ts'

/** One row of the table in figures, as `--json` writes it. */
interface ReportRow extends Row {
  readonly measure: string
  readonly subjects: Readonly<Record<string, Cell>>
}

interface Cell {
  readonly values: readonly number[]
  readonly median: number
  /** The median of the ratios to the bare proxy in the same round; absent where the bare proxy was not measured. */
  readonly ratio?: number
  /** The middle half of those ratios. */
  readonly ratioRange?: readonly [number, number]
}

const reference = 'bare'
const judged = 'waygate'

export function reportRows(outcomes: readonly Outcome[], subjects: readonly string[]): ReportRow[] {
  return outcomes.flatMap((outcome) =>
    outcome.measure.rows.map((row) => ({
      ...row,
      measure: outcome.measure.name,
      subjects: Object.fromEntries(subjects.map((subject) => [subject, cellOf(outcome, row, subject)])),
    })),
  )
}

function cellOf({ rounds, failures }: Outcome, { key, absolute }: Row, subject: string): Cell {
  const pairs = failures.has(subject)
    ? []
    : rounds.map((round) => ({ value: round.get(subject)?.[key], floor: round.get(reference)?.[key] }))
  const values = pairs.flatMap(({ value }) => value ?? [])
  const ratios = pairs.flatMap(({ value, floor }) => (value === undefined || floor === undefined ? [] : value / floor))
  const cell = { values, median: median(values) }
  if (ratios.length === 0 || absolute === true) return cell
  return { ...cell, ratio: median(ratios), ratioRange: [quantile(ratios, 0.25), quantile(ratios, 0.75)] }
}

/** Renders the table for people: medians, and beside them the ratio to the bare proxy with the middle half of its range. */
export function renderTable(rows: readonly ReportRow[], subjects: readonly string[]): string {
  return align([
    ['', ...subjects, 'target'],
    ...rows.map((row) => [
      `${row.label}, ${row.unit}`,
      ...subjects.map((subject) => renderCell(row.subjects[subject], subject)),
      verdict(row),
    ]),
  ])
}

export function renderValidate(rows: readonly ValidateRow[]): string {
  return align([
    ['chat request', 'JSON.parse, µs', 'check, µs', 'ratio'],
    ...rows.map(({ messages, parse, validate, ratio }) => [
      `${messages} messages`,
      significant(parse),
      significant(validate),
      ratio.toFixed(2),
    ]),
  ])
}

/**
 * Renders the cost of a routing decision by number of endpoints. The share is shown where the bare proxy was measured in the same run:
 * `--only json,routing`.
 */
export function renderRouting(rows: readonly RoutingRow[], measured: readonly ReportRow[]): string {
  const bare = measured.find(({ measure, key }) => measure === 'json' && key === 'cpu')?.subjects[reference]?.median
  return align([
    ['routing decision', 'CPU, µs', 'µs an endpoint', bare === undefined ? '' : 'of the bare proxy’s request'],
    ...rows.map(({ endpoints, decision }) => [
      `${endpoints} endpoints`,
      significant(decision),
      significant(decision / endpoints),
      bare === undefined ? '' : `${((100 * decision) / bare).toFixed(1)} %`,
    ]),
  ])
}

export function machine(): string {
  const [first] = cpus()
  return `${cpus().length} × ${first?.model ?? 'unknown'}, node ${process.version}`
}

function renderCell(cell: Cell | undefined, subject: string): string {
  if (cell === undefined || cell.values.length === 0) return 'failed'
  const { ratio, ratioRange } = cell
  if (ratio === undefined || ratioRange === undefined || subject === reference) return significant(cell.median)
  return `${significant(cell.median)}  ${ratio.toFixed(2)}× ±${((ratioRange[1] - ratioRange[0]) / 2).toFixed(2)}`
}

function verdict({ target, subjects, unit }: ReportRow): string {
  if (target === undefined) return ''
  const [limit, excess] = measured(target, unit, subjects)
  if (Number.isNaN(excess)) return limit
  return `${limit}  ${excess <= 0 ? 'ok' : 'OVER'}`
}

/** Returns the target in words, and by how much it is missed; NaN where that is not known. */
function measured(
  target: NonNullable<Row['target']>,
  unit: Row['unit'],
  subjects: ReportRow['subjects'],
): readonly [limit: string, excess: number] {
  const { ratio = NaN, median: own = NaN } = subjects[judged] ?? {}
  if ('ratio' in target) return [`≤ ${target.ratio.toFixed(2)}×`, ratio - target.ratio]
  if ('value' in target) return [`≤ ${target.value} ${unit}`, own - target.value]
  return [`≤ bare + ${target.above} ${unit}`, own - (subjects[reference]?.median ?? NaN) - target.above]
}

function significant(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
