import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the schema and the reference are those that the code describes', () => {
  const script = fileURLToPath(new URL('../../scripts/generate-config-docs.ts', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8', timeout: 50_000 })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
