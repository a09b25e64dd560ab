import { CompiledQuery, type Transaction } from 'kysely'
import type { RecordText } from '../../../../canonical/record-text.ts'
import { addingSql } from '../../adding-sql.ts'
import { columnName, snakeCase } from '../../column-name.ts'
import type { Database } from '../../database.ts'
import { generationTable, partTables, readRecords, type RecordTable, valuesOf } from '../../record-tables.ts'
import { addUp } from '../../summaries.ts'

/** Writes generations in a transaction. One that is there already, by its id, adds nothing to other tables. */
export async function writeRecords(transaction: Transaction<Database>, texts: readonly RecordText[]): Promise<void> {
  const generations = readRecords(texts)
  const rowsOf = (table: RecordTable, of: typeof generations): readonly Row[] =>
    of.flatMap((generation) => table.items(generation).map((item) => valuesOf(item, table.columns)))
  const inserted = await insert(
    transaction,
    generationTable,
    rowsOf(generationTable, generations),
    'on conflict do nothing returning id',
  )
  const ids = new Set(inserted.map((row) => Object(row).id))
  // Of two with the same id, the first was inserted.
  const added = generations.filter(({ id }) => ids.delete(id))
  for (const table of partTables) await insert(transaction, table, rowsOf(table, added), '')
  for (const [summary, rows] of addUp(added)) await insert(transaction, summary, rows, addingSql(summary))
}

type Row = readonly (string | number | null)[]

/** Inserts rows. All are sent as one text, since the values of 500 generations would be 20,000 parameters. */
async function insert(
  transaction: Transaction<Database>,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  rows: readonly Row[],
  onConflict: string,
): Promise<readonly unknown[]> {
  if (rows.length === 0) return []
  const fields = columns.map(snakeCase)
  const objects = rows.map((row) => Object.fromEntries(fields.map((field, index) => [field, row[index]])))
  const [into, names] = [columnName(table), columns.map(columnName).join(', ')]
  const sql = `insert into ${into} (${names}) select ${names} from json_populate_recordset(null::${into}, $1::json) ${onConflict}`
  return (await transaction.executeQuery(CompiledQuery.raw(sql, [JSON.stringify(objects)]))).rows
}
