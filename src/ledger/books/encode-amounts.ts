import type { GenerationRecord } from '../../canonical/generation-record.ts'
import { exactUsd } from '../../canonical/money.ts'
import { csvRow, noFormula } from '../../util/csv.ts'
import { amountsOf } from './amounts.ts'

export const exportFormats = ['csv', 'jsonl'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** The columns that hold text from outside, such as the name of a model that a caller asked for and that does not exist. */
const outside: ReadonlySet<string> = new Set(['account', 'key', 'model', 'provider', 'engine'])

const columns = [
  'generation_id',
  'time',
  'account',
  'key',
  'key_hash',
  'model',
  'provider',
  'kind',
  'engine',
  'unit',
  'units',
  'amount_usd',
  'borne_by',
  'provenance',
  'is_byok',
] as const

type Row = Readonly<Record<(typeof columns)[number], string | number | boolean | null>>

/** Encodes the amounts of generations, a page at a time. */
export async function* encodeAmounts(
  pages: AsyncIterable<readonly GenerationRecord[]>,
  format: ExportFormat,
  keyNames: ReadonlyMap<string, string>,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvRow(columns)
  const encode = format === 'csv' ? encodeCsv : encodeJson
  for await (const page of pages) {
    const text = page
      .flatMap((generation) => rowsOf(generation, keyNames))
      .map(encode)
      .join('')
    if (text !== '') yield text
  }
}

function rowsOf(generation: GenerationRecord, keyNames: ReadonlyMap<string, string>): readonly Row[] {
  const { id, createdAt, account, keyHash, isByok } = generation
  return amountsOf(generation).map(({ kind, model, provider, engine, unit, units, amount, borneBy, provenance }) => ({
    generation_id: id,
    time: new Date(createdAt).toISOString(),
    account,
    key: keyNames.get(keyHash) ?? '',
    key_hash: keyHash,
    model,
    provider,
    kind,
    engine,
    unit,
    units,
    amount_usd: exactUsd(amount),
    borne_by: borneBy,
    provenance,
    is_byok: isByok,
  }))
}

const encodeJson = (row: Row): string => `${JSON.stringify(row)}\n`

const encodeCsv = (row: Row): string =>
  csvRow(
    columns.map((name) => {
      const text = String(row[name] ?? '')
      return outside.has(name) ? noFormula(text) : text
    }),
  )
