import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { KilledGateway } from '../durability/killed-gateway.ts'
import { eventually } from './eventually.ts'

const calls = 'tools'

/** A provider that calls a server tool in its first two answers, and never answers after that. */
async function callingProvider(): Promise<string> {
  let asked = 0
  const server = createServer((request, response) => {
    request.resume()
    asked += 1
    if (asked > 2) return
    const call = { id: `call_${asked}`, type: 'function', function: { name: 'datetime', arguments: '{}' } }
    const message = { role: 'assistant', content: null, tool_calls: [call] }
    response.setHeader('content-type', 'application/json')
    const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
    response.end(
      JSON.stringify({ id: `reply-${asked}`, choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage }),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = Object(server.address())
  return `http://127.0.0.1:${port}/v1`
}

test('killed in the middle of a loop of tool calls, the billed turns are one record, as cancelled', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-loop-'))
  const base_url = await callingProvider()
  const killed = await KilledGateway.create(directory, { providers: { [calls]: { base_url } } })
  onTestFinished(async () => {
    await killed.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  await killed.start()
  const outside = new DatabaseSync(killed.database, { timeout: 10_000 })
  outside.exec('begin immediate')
  const body = {
    model: 'acme/tools',
    messages: [{ role: 'user', content: 'hi' }],
    tools: [{ type: 'openrouter:datetime' }],
    user: 'looping',
  }
  const asking = killed.post(body).catch(() => null)
  await eventually(() => (killed.journalText().match(/ U \{[^\n]*"looping"/g)?.length === 2 ? true : null))
  killed.kill()
  await asking
  outside.close()
  await killed.start()
  const row = await eventually(() => killed.rowOf('looping'))
  // Two turns at 1 and 2 USD per million tokens.
  expect(row).toMatchObject({ cancelled: 1, status: 0, prompt_tokens: 200, completion_tokens: 40, cost: 2 * 140_000 })
  expect(await killed.rowsOf('looping')).toBe(1)
})
