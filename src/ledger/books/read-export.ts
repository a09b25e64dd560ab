import { readCsv } from '../../util/csv.ts'
import { arrayOf, isObject, type JsonObject, parseJson } from '../../util/json.ts'
import type { ExportFormat, ExportRow, ExportShape, ReportedUsage } from '../reconcile/export-format.ts'
import { messageOf } from '../../util/message-of.ts'

/** What was read from a provider's export. */
export interface ReadExport {
  readonly format: ExportFormat
  /** What the vendor calls the file. */
  readonly shape: string
  readonly usage: readonly ReportedUsage[]
}

/**
 * Reads the text of an export, CSV or JSON, of whichever vendor it is.
 * @throws Error that names the row and the column which cannot be read, or the columns that no vendor has.
 */
export function readExport(text: string, formats: readonly ExportFormat[]): ReadExport {
  const rows = '[{'.includes(text.trimStart().charAt(0) || ' ') ? jsonRows(text) : csvRows(text)
  const [first] = rows
  if (first === undefined) throw new Error('It has no rows.')
  const columns = [...new Set(rows.flatMap(Object.keys))]
  const { format, shape } = recognize(columns, formats)
  const known = new Set([...shape.marks, ...shape.others])
  const unknown = columns.filter((column) => !known.has(column))
  if (unknown.length > 0) {
    const named = unknown.map((column) => `"${column}"`).join(', ')
    throw new Error(
      `It looks like ${format.vendor}’s ${shape.name}, but has unknown columns: ${named}. They may change what the others mean, so it is not read.`,
    )
  }
  const usage: ReportedUsage[] = []
  for (const [index, row] of rows.entries()) {
    try {
      const read = shape.read(row)
      if (read !== null) usage.push(read)
    } catch (error) {
      throw new Error(`Entry ${index + 1}: ${messageOf(error)}`, { cause: error })
    }
  }
  return { format, shape: shape.name, usage }
}

/** Finds the kind of file with the most of its columns here. */
function recognize(
  columns: readonly string[],
  formats: readonly ExportFormat[],
): { readonly format: ExportFormat; readonly shape: ExportShape } {
  const fitting = formats
    .flatMap((format) => format.shapes.map((shape) => ({ format, shape })))
    .filter(({ shape }) => shape.marks.every((mark) => columns.includes(mark)))
    .toSorted((one, other) => other.shape.marks.length - one.shape.marks.length)
  const [found] = fitting
  if (found !== undefined) return found
  const kinds = formats.map(({ vendor, shapes }) => `${vendor} (${shapes.map(({ name }) => name).join(', ')})`)
  throw new Error(
    `No export is known with the columns ${columns.map((column) => `"${column}"`).join(', ')}. Known are those of ${kinds.join('; ')}.`,
  )
}

function csvRows(text: string): readonly ExportRow[] {
  const [header = [], ...rows] = [...readCsv(text)]
  const names = header.map((name) => name.trim())
  return rows.map((cells, index) => {
    if (cells.length > names.length) {
      throw new Error(`Entry ${index + 1} has ${cells.length} cells, and the header ${names.length}.`)
    }
    return Object.fromEntries(names.map((name, column) => [name, (cells[column] ?? '').trim()]))
  })
}

/** Reads a page of an API, or several in a list: buckets with results, or rows. */
function jsonRows(text: string): readonly ExportRow[] {
  const parsed = parseJson(text)
  if (parsed === undefined) throw new Error('It is neither CSV nor JSON.')
  const pages = Array.isArray(parsed) ? parsed : [parsed]
  return pages
    .flatMap((page) => (isObject(page) && Array.isArray(page['data']) ? page['data'] : [page]))
    .flatMap(rowsOfItem)
}

function rowsOfItem(item: unknown): readonly ExportRow[] {
  if (!isObject(item)) throw new Error('It has a row that is no object.')
  if (!Array.isArray(item['results'])) return [flatten(item)]
  const { results, object: _, ...bucket } = item
  return arrayOf(results).map((result) => flatten({ ...bucket, ...(isObject(result) ? result : {}) }))
}

/** Puts the fields of inner objects beside the others, with the name of the object before theirs. */
function flatten(object: JsonObject, prefix = ''): ExportRow {
  return Object.assign(
    {},
    ...Object.entries(object).map(([name, value]) =>
      isObject(value) ? flatten(value, `${prefix}${name}_`) : { [prefix + name]: cellOf(value) },
    ),
  )
}

const cellOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)
