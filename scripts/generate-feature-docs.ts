/**
 * Writes `docs/plugins.md` and `docs/server-tools.md` from their templates and the leaves. A leaf that its template does not mention gets a section of
 * its own at the end. With `--check` it reports whether the committed pages are up to date.
 */
import { readFileSync } from 'node:fs'
import { plugins } from '../src/plugins/_registry.ts'
import { serverTools } from '../src/server-tools/_registry.ts'
import { settingsTable } from './settings-table.ts'
import { writeOrCheck } from './write-or-check.ts'

interface Leaf {
  readonly name: string
  readonly description: string
  readonly table: string
}

function writePage(name: string, leaves: readonly Leaf[]): void {
  let page = readFileSync(new URL(`../docs/${name}.template.md`, import.meta.url), 'utf8')
  for (const { name: leaf, description, table } of leaves) {
    const place = `<!-- settings of ${leaf} -->`
    if (page.includes(place)) page = page.replace(place, () => table)
    else page = `${page.trimEnd()}\n\n## \`${leaf}\`\n\n${description}\n\n${table}\n`
  }
  writeOrCheck(`docs/${name}.md`, page)
}

writePage(
  'plugins',
  plugins.map(({ id, description, schema }) => {
    const { id: _, enabled: __, ...settings } = schema.properties
    return { name: id, description, table: settingsTable(settings, 'It has no settings.') }
  }),
)
writePage(
  'server-tools',
  serverTools.map(({ type, aliases, description, parameters }) => {
    const table = settingsTable(parameters, 'It has no parameters.')
    const others =
      aliases.length === 0 ? '' : `\n\nThe same tool: ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`
    return { name: type, description, table: table + others }
  }),
)
