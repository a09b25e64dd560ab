/** Writes `docs/plugins.md` from its template and the plugins. With `--check` it reports whether the committed page is up to date. */
import { readFileSync } from 'node:fs'
import { plugins } from '../src/plugins/_registry.ts'
import type { Plugin } from '../src/plugins/plugin.ts'
import { writeOrCheck } from './write-or-check.ts'

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
    if (!isSchema(value) || (path === '' && (key === 'id' || key === 'enabled'))) return []
    const own = withoutNull(value)
    const inner = isSchema(own['items']) ? withoutNull(own['items']) : own
    const place = `${path}${key}${isSchema(own['items']) ? '[]' : ''}`
    return [{ path: path + key, schema: value }, ...rowsOf(inner['properties'], `${place}.`)]
  })
}

function printSettings({ schema }: Plugin): string {
  const rows = rowsOf(schema.properties, '')
  if (rows.length === 0) return 'It has no settings.'
  const lines = rows.map(({ path, schema: each }) => {
    const meaning =
      [withoutNull(each)['description'], each['description']].find((text) => typeof text === 'string') ?? ''
    return `| \`${path}\` | ${printType(each).replaceAll('|', '\\|')} | ${meaning.replaceAll('|', '\\|')} |`
  })
  return ['| setting | values | meaning |', '|---|---|---|', ...lines].join('\n')
}

const template = readFileSync(new URL('../docs/plugins.template.md', import.meta.url), 'utf8')
let page = template
for (const plugin of plugins) {
  const place = `<!-- settings of ${plugin.id} -->`
  if (!page.includes(place))
    throw new Error(`docs/plugins.template.md has no place for the plugin ${plugin.id}: add "${place}".`)
  page = page.replace(place, () => printSettings(plugin))
}
writeOrCheck('docs/plugins.md', page)
