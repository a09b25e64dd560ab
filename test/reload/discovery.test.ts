import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { builtInProviders, createGateway } from '../../src/gateway.ts'
import { temporaryDirectory } from '../cli/run-waygate.ts'
import { testKey } from '../gateway.ts'

/** A server that lists models, and counts how often it was asked. */
async function modelServer(ids: string[]) {
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    response.end(JSON.stringify({ object: 'list', data: ids.map((id) => ({ id })) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/v1`, ids, asked: () => asked }
}

test('local servers are asked on, once for each look, and the simulator stays', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const box = await modelServer(['first'])
  const workingDirectory = temporaryDirectory()
  const file = join(workingDirectory, 'waygate.yaml')
  const text = (more: string) =>
    `server: { port: 0 }\nstorage: { url: "sqlite::memory:" }\nkeys: [{ name: test, key: ${testKey} }]\n` +
    `providers: { box: { base_url: "${box.url}", discover: true } }\n${more}`
  writeFileSync(file, text(''))
  const log: string[] = []
  const options = { file, environment: {}, workingDirectory, builtInProviders }
  const gateway = await createGateway(loadConfig(options), { logOutput: { write: (line) => log.push(line) } })
  onTestFinished(() => gateway.close())
  const { url } = await gateway.listen()
  const reload = (more: string) => {
    writeFileSync(file, text(more))
    return gateway.reload((inUse) => loadConfig({ ...options, inUse }))
  }
  const ask = async (): Promise<number> => {
    const response = await fetch(`${url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'waygate/simulator', messages: [{ role: 'user', content: 'hi' }] }),
    })
    await response.arrayBuffer()
    return response.status
  }
  const models = () => [...gateway.catalog().models.keys()].filter((slug) => slug.startsWith('box/'))
  const told = () => log.map((line) => JSON.parse(line)).filter(({ provider }) => provider === 'box')

  expect([models(), await ask()]).toEqual([['box/first'], 200])
  for (let turn = 1; turn <= 5; turn++) {
    expect(await reload(`timeouts: { total_ms: ${60_000 + turn} }\n`)).toMatchObject({ changed: ['timeouts'] })
  }
  const before = box.asked()
  box.ids.push('second')
  vi.advanceTimersByTime(30_000)
  await expect.poll(models).toEqual(['box/first', 'box/second'])
  expect([box.asked() - before, told().length, await ask()]).toEqual([1, 1, 200])

  expect(await reload('discovery: false\n')).toMatchObject({ type: 'reloaded' })
  expect([models(), await ask()]).toEqual([['box/first', 'box/second'], 400])
  expect(await reload('')).toMatchObject({ type: 'reloaded' })
  expect(await ask()).toBe(200)
})
