import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { describePostgres } from '../engines/engines.ts'

const directory = mkdtempSync(join(tmpdir(), 'waygate-together-'))
afterAll(() => rmSync(directory, { recursive: true }))
const main = fileURLToPath(new URL('start-together-main.ts', import.meta.url))

/** Opens a database in several processes at the same moment. Returns what each printed to standard error, and its code. */
async function openTogether(url: string): Promise<readonly string[]> {
  const startAt = String(Date.now() + 2_000)
  return Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, [main, url, startAt], { stdio: ['ignore', 'ignore', 'pipe'] })
      let errors = ''
      child.stderr.on('data', (text) => (errors += text))
      const [code] = await once(child, 'close')
      return `${code} ${errors}`
    }),
  )
}

const allWell = ['0 ', '0 ', '0 ', '0 ']

describe('processes that open a new database at the same moment', () => {
  test.for([1, 2, 3])('SQLite: all of them start (%i)', async (round) => {
    expect(await openTogether(`sqlite:${join(directory, `${round}.db`)}`)).toEqual(allWell)
  })
})

describePostgres('processes that open a new database at the same moment', ({ newDatabase }) => {
  test.for([1, 2])('all of them start (%i)', async () => {
    expect(await openTogether(await newDatabase())).toEqual(allWell)
  })
})
