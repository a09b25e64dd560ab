import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { runWaygate, startWaygate, temporaryDirectory } from '../cli/run-waygate.ts'

const run = promisify(execFile)
const page = readFileSync(new URL('../../docs/routing.md', import.meta.url), 'utf8')

const fenced = [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]

/** Returns the blocks of one language, in the order of the page. */
const blocks = (wanted: string): readonly string[] =>
  fenced.flatMap(([, language, block = '']) => (language === wanted ? [block] : []))

const [configuration = ''] = blocks('yaml')
const [request = '', candidate = ''] = blocks('json')
const commands = blocks('sh').flatMap((block) =>
  block
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .trim()
    .split('\n'),
)

/** The positions of the page's configuration and request. */
function directoryOfPage(): string {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'waygate.yaml'), configuration)
  writeFileSync(join(directory, 'request.json'), request)
  return directory
}

async function serve() {
  const directory = directoryOfPage()
  const server = startWaygate(['serve', '--port', '0'], { directory })
  const url = await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
  const environment = { WAYGATE_API_KEY: await server.printed(/API key[^\n]*: (\S+)\n/) }
  return { directory, environment, at: (command: string) => command.replaceAll('http://127.0.0.1:8402', url) }
}

const argumentsOf = (command: string): readonly string[] => command.split(' ').slice(1)

describe('docs/routing.md', () => {
  test('has three commands', () => {
    expect(commands.map((command) => command.replace(/^(\S+( route)?).*/, '$1'))).toEqual([
      'waygate route',
      'waygate route',
      'curl',
    ])
  })

  test('shows what the command line explains', async () => {
    const { code, stdout } = await runWaygate(argumentsOf(commands[0] ?? ''), { directory: directoryOfPage() })
    expect(code).toBe(0)
    const unpadded = (text: string): readonly string[] => text.split('\n').map((line) => line.trimEnd())
    expect(blocks('').map(unpadded)).toContainEqual(unpadded(stdout))
  })

  test('explains a request at a running server by command', async () => {
    const { at, ...options } = await serve()
    const { code, stdout } = await runWaygate(argumentsOf(at(commands[1] ?? '')), options)
    expect(code).toBe(0)
    for (const endpoint of ['swift', 'frugal', 'keeper']) expect(stdout).toMatch(new RegExp(`^\\d  ${endpoint} `, 'm'))
  })

  test('explains a request at a running server over HTTP, with the candidate that the page shows', async () => {
    const { at, environment } = await serve()
    const env = { PATH: process.env['PATH'], ...environment }
    const { stdout } = await run('sh', ['-c', at(commands[2] ?? '')], { env, timeout: 50_000 })
    expect(JSON.parse(stdout).data.candidates[0]).toEqual(JSON.parse(candidate))
  })
})
