import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configured, startWaygate } from '../cli/run-waygate.ts'

/** Writes what a process has loaded to a file when it ends. */
const recorder = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  import { writeFileSync } from 'node:fs'
  const files = []
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) })
  process.on('exit', () => writeFileSync('loaded.json', JSON.stringify({ files, internal: process.moduleLoadList })))
`)}`

interface Loaded {
  readonly files: readonly string[]
  /** Node's own modules. */
  readonly internal: readonly string[]
}

/** The command that runs the sources, whose files can be told apart. */
const shim = fileURLToPath(new URL('../../bin/waygate.js', import.meta.url))

async function loadedBy(config: string): Promise<Loaded> {
  const directory = configured(config)
  const server = startWaygate(['serve', '--port', '0'], { directory, shim, node: ['--import', recorder] })
  await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
  await server.stop('SIGTERM')
  return JSON.parse(readFileSync(join(directory, 'loaded.json'), 'utf8'))
}

const sources = fileURLToPath(new URL('../../src/', import.meta.url))
const filesIn = ({ files }: Loaded, folder: string) => files.filter((url) => url.includes(folder))

test('a start loads nothing that it may do without', async () => {
  const loaded = await loadedBy('discovery: false')
  expect(filesIn(loaded, `${sources}simulator/`)).toEqual([])
  expect(filesIn(loaded, `${sources}http/docs/`)).toEqual([])
  expect(filesIn(loaded, `${sources}http/openapi/document`)).toEqual([])
  expect(filesIn(loaded, `${sources}documents/pages/`)).toEqual([])
  for (const name of ['htmlparser2', 'unpdf', 'pg', '@aws-sdk', 'undici/index.js', 'undici/lib/web/fetch/index.js']) {
    expect(filesIn(loaded, `node_modules/${name}`)).toEqual([])
  }
  expect(loaded.internal.filter((name) => name.includes('undici'))).toEqual([])
  // The same list has what a start does need, so that none of the above is absent because nothing was recorded.
  expect(filesIn(loaded, 'node_modules/undici/lib/dispatcher/agent.js')).toHaveLength(1)
  expect(filesIn(loaded, `${sources}generate.ts`)).toHaveLength(1)
})

test('with discovery, a start loads the simulator', async () => {
  expect(filesIn(await loadedBy('discovery: true'), `${sources}simulator/simulator.ts`)).toHaveLength(1)
})
