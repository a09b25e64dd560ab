import { readFileSync } from 'node:fs'
import { configSchema } from '../src/config/schema/config-schema.ts'
import { writeOrCheck } from './write-or-check.ts'

// Writes docs/waygate.schema.json and docs/configuration.md from the schema. With `--check` it compares instead.

type Schema = Readonly<Record<string, unknown>>

interface Row {
  readonly path: string
  readonly schema: Schema
  readonly required: boolean
}

/** Returns every key below a schema, each map before its contents. */
function rowsBelow(schema: Schema, path: string): readonly Row[] {
  if (Array.isArray(schema['anyOf'])) return schema['anyOf'].flatMap((choice) => rowsBelow(choice, path))
  if (isSchema(schema['items'])) return rowsBelow(schema['items'], `${path}[]`)
  const [named] = Object.values(schema['patternProperties'] ?? {})
  if (isSchema(named)) return rowsBelow(named, `${path}.<slug>`)
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
  return Object.entries(schema['properties'] ?? {}).flatMap(([key, inner]) => {
    const row: Row = { path: path === '' ? key : `${path}.${key}`, schema: inner, required: required.has(key) }
    return [row].concat(rowsBelow(inner, row.path))
  })
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function printType(schema: Schema): string {
  if (Array.isArray(schema['anyOf'])) return schema['anyOf'].map(printType).join(' or ')
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => `\`${value}\``).join(' ')
  if ('const' in schema) return `\`${String(schema['const'])}\``
  if (isSchema(schema['items'])) return `list of ${printType(schema['items'])}`
  if (schema['type'] === 'object') return 'map'
  if (schema['type'] === 'null') return '`null`'
  const least = schema['minimum'] ?? schema['exclusiveMinimum']
  const most = schema['maximum'] === undefined ? '' : ` to ${Number(schema['maximum'])}`
  const range =
    least === undefined
      ? ''
      : least === 0 && 'exclusiveMinimum' in schema
        ? `, above 0${most}`
        : `,${most === '' ? ' from' : ''} ${Number(least)}${most}`
  return `${String(schema['type'])}${range}`
}

function printDefault({ schema, required }: Row): string {
  if (required) return '**required**'
  return 'default' in schema ? `\`${JSON.stringify(schema['default'])}\`` : ''
}

function printMeaning({ schema }: Row): string {
  return typeof schema['description'] === 'string' ? schema['description'] : ''
}

const lines = rowsBelow({ ...configSchema }, '').map((row) => {
  const cells = [`\`${row.path}\``, printType(row.schema), printDefault(row), printMeaning(row)]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
})
const reference = ['| key | type | default | meaning |', '|---|---|---|---|', ...lines].join('\n')
const template = readFileSync(new URL('../docs/configuration.template.md', import.meta.url), 'utf8')

writeOrCheck('docs/waygate.schema.json', `${JSON.stringify(configSchema, null, 2)}\n`)
writeOrCheck(
  'docs/configuration.md',
  template.replace('<!-- reference -->', () => reference),
)
