import {
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type ReactNode, useMemo, useState } from 'react'
import { classes } from './classes.ts'
import { Icon } from './icon.tsx'

export interface Column<Row> {
  readonly id: string
  readonly header: ReactNode
  readonly cell: (row: Row) => ReactNode
  /** What rows are sorted by. Absent: they cannot be sorted by this column. What is null comes last. */
  readonly sortBy?: (row: Row) => number | string | null
  /** Numbers stand at the right, so that their digits stand below each other. */
  readonly isNumber?: boolean
  /** The column is left out where the table is narrow. */
  readonly isMinor?: boolean
}

interface TableProps<Row> {
  /** What the rows are, for screen readers. */
  readonly label: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
  readonly sorted?: { readonly id: string; readonly desc: boolean }
  /** What is shown where there is no row. */
  readonly empty: ReactNode
  /** What opens below a row when it is chosen. */
  readonly detail?: (row: Row) => ReactNode
  /** How many rows are shown before the reader asks for more. */
  readonly most?: number
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })

/** A table with columns that can be sorted by. Of many rows it shows the first ones and the number of all. */
export function Table<Row extends object>({
  label,
  rows,
  columns,
  keyOf,
  sorted,
  empty,
  detail,
  most = 100,
}: TableProps<Row>) {
  const [sorting, setSorting] = useState<SortingState>(sorted === undefined ? [] : [{ ...sorted }])
  const [shown, setShown] = useState(most)
  const [open, setOpen] = useState<string | null>(null)
  const data = useMemo(() => [...rows], [rows])
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        accessorFn: (row: Row) => column.sortBy?.(row) ?? undefined,
        enableSorting: column.sortBy !== undefined,
        sortUndefined: 'last' as const,
        sortDescFirst: column.isNumber === true,
        sortFn: byValue,
      })),
    [columns],
  )
  const table = useTable({
    features,
    columns: definitions,
    data,
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: keyOf,
  })
  const found = new Map(columns.map((column) => [column.id, column]))
  const all = table.getRowModel().rows
  if (rows.length === 0) return <p className="px-4 py-6 text-center text-soft">{empty}</p>
  return (
    <div className="@container">
      <div className="relative overflow-x-auto px-2">
        <table aria-label={label} className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-b border-line text-left text-xs text-soft">
              {detail !== undefined && (
                <th className="w-8">
                  <span className="sr-only">Details</span>
                </th>
              )}
              {table.getFlatHeaders().map(({ column: sortable }) => {
                const column = found.get(sortable.id)
                const direction = sortable.getIsSorted()
                return (
                  <th
                    key={sortable.id}
                    scope="col"
                    aria-sort={direction === false ? undefined : direction === 'asc' ? 'ascending' : 'descending'}
                    className={classes('px-2 py-1.5 font-medium whitespace-nowrap', cellClasses(column))}
                  >
                    {sortable.getCanSort() ? (
                      <button
                        type="button"
                        className={classes(
                          'inline-flex items-center gap-0.5 hover:text-text',
                          column?.isNumber === true && 'flex-row-reverse',
                        )}
                        onClick={() => sortable.toggleSorting()}
                      >
                        {column?.header}
                        <Icon
                          name={direction === 'asc' ? 'up' : 'down'}
                          className={direction === false ? 'size-3 opacity-0' : 'size-3'}
                        />
                      </button>
                    ) : (
                      column?.header
                    )}
                  </th>
                )
              })}
            </tr>
          </thead>
          {all.slice(0, shown).map(({ id, original }) => (
            <tbody key={id} className="border-b border-line last:border-0">
              <tr className="hover:bg-sunken/60">
                {detail !== undefined && (
                  <td className="py-1 pl-2">
                    <button
                      type="button"
                      aria-expanded={open === id}
                      aria-label={`Details of ${id}`}
                      className="rounded p-1 text-soft hover:text-text"
                      onClick={() => setOpen(open === id ? null : id)}
                    >
                      <Icon name={open === id ? 'down' : 'right'} />
                    </button>
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.id} className={classes('px-2 py-1.5', cellClasses(column))}>
                    {column.cell(original)}
                  </td>
                ))}
              </tr>
              {detail !== undefined && open === id && (
                <tr>
                  <td colSpan={columns.length + 1} className="bg-sunken/40 p-0">
                    {detail(original)}
                  </td>
                </tr>
              )}
            </tbody>
          ))}
        </table>
      </div>
      {all.length > shown && (
        <p className="border-t border-line px-4 py-2 text-soft">
          {shown} of {all.length}.{' '}
          <button type="button" className="text-accent hover:underline" onClick={() => setShown(shown + most)}>
            Show more
          </button>
        </p>
      )}
    </div>
  )
}

const cellClasses = (column: Column<never> | undefined): string =>
  classes(
    column?.isNumber === true && 'text-right tabular-nums whitespace-nowrap',
    column?.isMinor === true && 'hidden @4xl:table-cell',
  )

interface Sortable {
  getValue(id: string): unknown
}

/** Compares numbers by size, and texts as people order them. */
function byValue(one: Sortable, other: Sortable, id: string): number {
  const [a, b] = [one.getValue(id), other.getValue(id)]
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(a).localeCompare(String(b), 'en', { numeric: true })
}
