import { columnName } from './column-name.ts'
import type { Summary } from './summaries.ts'

/** Returns the end of an insert that adds to the row with the same key, if there is one. It is the same SQL for every engine. */
export function addingSql({ table, key, columns, latest }: Summary): string {
  const changes = columns
    .filter((column) => !key.includes(column))
    .map((column) => {
      const [name, before] = [columnName(column), `${columnName(table)}.${columnName(column)}`]
      const after =
        column === latest
          ? `case when excluded.${name} > ${before} then excluded.${name} else ${before} end`
          : `${before} + excluded.${name}`
      return `${name} = ${after}`
    })
  return `on conflict (${key.map(columnName).join(', ')}) do update set ${changes.join(', ')}`
}
