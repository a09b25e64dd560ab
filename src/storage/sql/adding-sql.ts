import { columnName } from './column-name.ts'
import type { SumRows } from './written-rows.ts'

/** Returns the end of an insert that adds to the row of the same key. It is the same SQL for every engine. */
export function addingSql({ table, columns, key, latest }: SumRows): string {
  const changes = columns
    .filter((column) => !key.includes(column))
    .map((column) => {
      const [name, before] = [columnName(column), `${columnName(table)}.${columnName(column)}`]
      const after = latest.includes(column)
        ? `case when excluded.${name} > ${before} then excluded.${name} else ${before} end`
        : `${before} + excluded.${name}`
      return `${name} = ${after}`
    })
  return `on conflict (${key.map(columnName).join(', ')}) do update set ${changes.join(', ')}`
}
