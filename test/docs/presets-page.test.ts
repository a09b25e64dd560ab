import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { runWaygate, startWaygate, temporaryDirectory } from '../cli/run-waygate.ts'

const run = promisify(execFile)
const page = readFileSync(new URL('../../docs/presets.md', import.meta.url), 'utf8')
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, of, block = '']) => (of === language ? [block] : []))
const [store = '', commands = ''] = blocks('sh')

test('docs/presets.md: a preset is stored as shown, used in each of the ways, and its status changed', async () => {
  const directory = temporaryDirectory()
  const server = startWaygate(['serve', '--port', '0'], { directory })
  const url = await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
  const key = await server.printed(/API key[^\n]*: (\S+)\n/)
  const { stdout } = await run('sh', ['-c', store.replace('http://127.0.0.1:8402', url)], {
    env: { ...process.env, WAYGATE_API_KEY: key },
  })
  expect(JSON.parse(stdout).data).toMatchObject({
    slug: 'reviewer',
    designated_version: {
      config: { model: 'waygate/simulator', temperature: 0.2 },
      system_prompt: 'You review code.',
    },
  })
  const uses = blocks('json')
  expect(uses).toHaveLength(3)
  for (const body of uses) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const reply = await fetch(`${url}/api/v1/chat/completions`, { method: 'POST', headers, body })
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({ model: 'waygate/simulator' })
  }
  for (const line of commands.trim().split('\n')) {
    const [name, ...arguments_] = line.replace(/ +#.*/, '').split(' ')
    expect(name).toBe('waygate')
    expect(await runWaygate(arguments_, { directory })).toMatchObject({ code: 0, stderr: '' })
  }
})
