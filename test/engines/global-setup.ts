import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findChromium, findPostgres, findRedis } from './find-engines.ts'
import { stopPostgres } from './postgres.ts'
import { endProcess } from './redis.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly engines: {
      /** Where the engines of this test run keep their files. */
      readonly directory: string
      /** The folder with the programs; null where it is not installed. */
      readonly postgres: string | null
      readonly redis: string | null
      readonly chromium: string | null
    }
  }
}

/** Finds the engines, which the tests start when they need them, and stops them after the last test. */
export default function setup(project: TestProject): () => Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-engines-'))
  // What tests leave in the folder for temporary files goes with the run. The engines run as other users, who must be able to enter it.
  const temporary = mkdtempSync(join(tmpdir(), 'waygate-tests-'))
  chmodSync(temporary, 0o755)
  process.env['TMPDIR'] = temporary
  project.provide('engines', { directory, postgres: findPostgres(), redis: findRedis(), chromium: findChromium() })
  return async () => {
    await stopPostgres(directory)
    for (const file of readdirSync(directory)) {
      if (file.startsWith('redis-')) endProcess(Number(readFileSync(join(directory, file), 'utf8')))
    }
    for (const [engine, remedy] of Object.entries(remedies)) {
      reportSkipped(engine, remedy, join(directory, `skipped-${engine}`))
    }
    for (const folder of [directory, temporary]) rmSync(folder, { recursive: true, force: true })
  }
}

/** How to get what tests were skipped without. */
const remedies = {
  postgresql: 'apt-get install postgresql',
  'redis-server': 'apt-get install redis-server',
  prometheus: 'apt-get install prometheus',
  chromium: 'apt-get install chromium',
  console: 'npm run prepare',
}

function reportSkipped(engine: string, remedy: string, file: string): void {
  if (!existsSync(file)) return
  const names = [...new Set(readFileSync(file, 'utf8').trim().split('\n'))].toSorted()
  console.log(`Skipped without ${engine}: ${names.join(', ')}. To run them: ${remedy}`)
}
