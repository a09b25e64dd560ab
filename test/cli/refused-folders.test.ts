import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configured, runWaygate } from './run-waygate.ts'

const isLinux = process.platform === 'linux'
const serve = (directory: string) => runWaygate(['serve', '--port', '0'], { directory })

describe('a start that cannot make its files ends and names the setting', () => {
  test.runIf(isLinux)('the key of the installation', async () => {
    const { code, stderr } = await serve(configured('discovery: false\nsecrets: { key_file: /proc/k/secret }\n'))
    expect(code).toBe(1)
    expect(stderr).toContain('/proc/k/secret, cannot be made (its directory cannot be made). Let secrets.key_file name')
  })

  test.runIf(isLinux)('the journal', async () => {
    const { code, stderr } = await serve(configured('discovery: false\nstorage: { journal: /proc/j }\n'))
    expect(code).toBe(1)
    expect(stderr).toBe(
      'The journal /proc/j cannot be opened (its directory cannot be made). Check that this user may read and write it, or set storage.journal to another folder.\n',
    )
  })

  test('a journal that is a file', async () => {
    const directory = configured('discovery: false\n')
    mkdirSync(join(directory, '.waygate'))
    writeFileSync(join(directory, '.waygate/journal'), '')
    const { code, stderr } = await serve(directory)
    expect(code).toBe(1)
    expect(stderr).toContain(
      `The journal ${directory}/.waygate/journal cannot be opened (a part of its path is a file).`,
    )
  })
})
