import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cruiseSources } from '../scripts/cruise-sources.ts'

/** For each rule of `.dependency-cruiser.cjs` that is not about a room: a file, and an import that it must not have. */
const plants: Readonly<Record<string, readonly [file: string, imported: string]>> = {
  'leaf-providers': ['src/providers/planted.ts', './openai.ts'],
  'leaf-plugins': ['src/plugins/planted.ts', './planted-target.ts'],
  'leaf-folder-plugins': ['src/plugins/planted-folder/planted.ts', '../planted-target.ts'],
  'leaf-server-tools': ['src/server-tools/planted.ts', './planted-target.ts'],
  'leaf-server-tools/engines': ['src/server-tools/engines/planted.ts', './exa.ts'],
  'leaf-telemetry/broadcast': ['src/telemetry/broadcast/planted.ts', './webhook.ts'],
  'leaf-ledger/reconcile': ['src/ledger/reconcile/planted.ts', './openai.ts'],
  'sibling-protocols': ['src/protocols/planted/planted.ts', '../chat-completions/encode-stream.ts'],
  'protocol-joins-quirks': ['src/protocols/protocol.ts', './vendors/tool-names.ts'],
  'shelf-openai': ['src/protocols/messages/planted.ts', '../openai/wire-parameters.ts'],
  'shelf-vendors': ['src/protocols/vendors/planted.ts', '../schema/explain.ts'],
  'shelf-gateway-fields': ['src/protocols/gateway-fields/planted.ts', '../vendors/tool-names.ts'],
  'sibling-router/filters': ['src/router/filters/planted.ts', './operation.ts'],
  'sibling-router/rankers': ['src/router/rankers/planted.ts', './planted-target.ts'],
  'sibling-http/routes': ['src/http/routes/planted.ts', './key.ts'],
  'sibling-http/hooks': ['src/http/hooks/planted.ts', './cors.ts'],
  'generate-reads-top-to-bottom': ['src/generate.ts', './attempts/retry-policy.ts'],
  'a-turn-routes-reserves-attempts-and-bills': ['src/turn.ts', './http/app.ts'],
  'main-only-boots': ['src/main.ts', './telemetry/logger.ts'],
  'no-cycles': ['src/util/planted-cycle.ts', './planted-cycle-back.ts'],
  'only-gateway-wires': ['src/offerings/planted-wiring.ts', '../providers/_registry.ts'],
  'only-gateway-knows-wiring': ['src/offerings/planted-parts.ts', '../wiring/http.ts'],
  'only-upstream-knows-undici': ['src/http/planted-client.ts', 'undici'],
  'only-documents-knows-parsers': ['src/http/planted-parser.ts', 'unpdf'],
  'only-storage-knows-databases': ['src/ledger/planted-database.ts', 'node:sqlite'],
  'only-tests-know-tests': ['src/upstream/planted-test.ts', './testing/scripted-upstream.ts'],
}

/** Files that the planted imports name and that do not exist, or not yet. */
const targets: Readonly<Record<string, string>> = {
  'src/plugins/planted-target.ts': 'export {}\n',
  'src/server-tools/planted-target.ts': 'export {}\n',
  'src/router/rankers/planted-target.ts': 'export {}\n',
  'src/util/planted-cycle-back.ts': "import type {} from './planted-cycle.ts'\n",
}

/** A forbidden import for each room. No room may import main.ts except cli, which in turn may not import generate.ts. */
const plantInRoom = (room: string): readonly [file: string, imported: string] =>
  [`src/${room}/planted-in-room.ts`, room === 'cli' ? '../generate.ts' : '../main.ts'] as const

const root = mkdtempSync(join(tmpdir(), 'waygate-imports-'))
let rules: readonly string[]
const repository = fileURLToPath(new URL('..', import.meta.url))

beforeAll(async () => {
  cpSync(join(repository, 'src'), join(root, 'src'), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  for (const [file, text] of Object.entries(targets)) write(file, text)
  const { ruleSetUsed } = (await cruiseSources(root)).summary
  rules = (ruleSetUsed?.forbidden ?? []).map(({ name }) => name ?? '')
  expect(rules).not.toHaveLength(0)
})
afterAll(() => rmSync(root, { recursive: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

test.each([
  ['an imported type', (imported: string) => `import type {} from '${imported}'\n`],
  ['an imported value', (imported: string) => `import * as planted from '${imported}'\nvoid planted\n`],
  ['a re-export', (imported: string) => `export * from '${imported}'\n`],
  ['a lazy import', (imported: string) => `void import('${imported}')\n`],
])('every rule finds %s', async (_, print) => {
  const planted = rules.map((rule): readonly [string, string, string] => {
    const plant = rule.startsWith('room-') ? plantInRoom(rule.slice('room-'.length)) : plants[rule]
    if (plant === undefined) throw new Error(`No violation of ${rule} is planted: add one to this test.`)
    return [rule, ...plant]
  })
  for (const [, file, imported] of planted) write(file, print(imported))
  const { violations } = (await cruiseSources(root)).summary
  const silent = planted.filter(([rule, file]) => {
    const found = violations.filter((violation) => violation.rule.name === rule)
    return !found.some(({ from, cycle }) => from === file || cycle?.some(({ name }) => name === file))
  })
  expect(silent).toEqual([])
})
