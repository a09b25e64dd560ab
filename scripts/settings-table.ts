/** Prints the settings of a plugin or the parameters of a server tool as a table. */
type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const schemas = (value: unknown): readonly Schema[] => (Array.isArray(value) ? value.filter(isSchema) : [])

/** Every setting may be null, which is the same as absent; the table does not repeat that. */
function withoutNull(schema: Schema): Schema {
  const choices = schemas(schema['anyOf']).filter(({ type }) => type !== 'null')
  const [only] = choices
  return choices.length === 1 && only !== undefined ? { ...schema, anyOf: undefined, ...only } : schema
}

function printType(schema: Schema): string {
  const { type, enum: values, const: constant, anyOf, items } = withoutNull(schema)
  if (Array.isArray(values)) return values.map((value) => `\`${value}\``).join(' ')
  if (typeof constant === 'string') return `\`${constant}\``
  if (anyOf !== undefined) return schemas(anyOf).map(printType).join(' or ')
  if (isSchema(items)) return `list of ${printType(items)}`
  return `${type === 'object' ? 'object' : String(type)}${printRange(withoutNull(schema))}`
}

function printRange({ minimum, maximum }: Schema): string {
  if (minimum === undefined) return ''
  return maximum === undefined ? ` from ${Number(minimum)}` : `, ${Number(minimum)} to ${Number(maximum)}`
}

interface Row {
  readonly path: string
  readonly schema: Schema
}

/** Lists the settings, those within an object after it. */
function rowsOf(properties: unknown, path: string): readonly Row[] {
  return Object.entries(isSchema(properties) ? properties : {}).flatMap(([key, value]) => {
    if (!isSchema(value)) return []
    const own = withoutNull(value)
    const inner = isSchema(own['items']) ? withoutNull(own['items']) : own
    const place = `${path}${key}${isSchema(own['items']) ? '[]' : ''}`
    return [{ path: path + key, schema: value }, ...rowsOf(inner['properties'], `${place}.`)]
  })
}

/**
 * Returns a table in Markdown of the properties of an object.
 * @param none What is printed where there are none.
 */
export function settingsTable(properties: unknown, none: string): string {
  const rows = rowsOf(properties, '')
  if (rows.length === 0) return none
  const lines = rows.map(({ path, schema: each }) => {
    const meaning =
      [withoutNull(each)['description'], each['description']].find((text) => typeof text === 'string') ?? ''
    return `| \`${path}\` | ${printType(each).replaceAll('|', '\\|')} | ${meaning.replaceAll('|', '\\|')} |`
  })
  return ['| name | values | meaning |', '|---|---|---|', ...lines].join('\n')
}
