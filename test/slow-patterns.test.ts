import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const script = fileURLToPath(new URL('../scripts/check-patterns.ts', import.meta.url))

function check(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'waygate-patterns-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const { status, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' })
  return { status, stderr }
}

test('slow patterns are found wherever they stand, and runs past the one place in the rooms that meet outside text', () => {
  const { status, stderr } = check({
    'src/protocols/planted.ts': 'export const tooLong = (text: string) => /token count .*exceeds/.test(text)\n',
    'src/simulator/planted.ts': 'export const all = (text: string) => text.match(/^(a+)+$/)\n',
    'src/config/schema/planted.ts': "export const schema = { type: 'string', pattern: '^(\\\\w+\\\\s?)*$' }\n",
    'src/router/planted.ts': 'export const good = (text: string) => text.replaceAll(/[a-z]/g, "")\n',
  })
  expect(status).toBe(1)
  expect(stderr).toContain('src/protocols/planted.ts: .test() is not bounded')
  expect(stderr).toContain('src/protocols/planted.ts: /token count .*exceeds/ is slow')
  expect(stderr).toContain('src/simulator/planted.ts: /^(a+)+$/ is slow')
  expect(stderr).toContain('src/config/schema/planted.ts: /^(\\w+\\s?)*$/u is slow')
  expect(stderr).not.toContain('src/simulator/planted.ts: .match()')
  expect(stderr).not.toContain('src/router/planted.ts')
  expect(stderr).toContain('the parser cannot read the sources')
})
