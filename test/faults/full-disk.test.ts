import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { behaving, startGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { eventually } from './eventually.ts'

test('where the journal has no room, no request begins, running ones end, and all of that passes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-full-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const [file, journal] = [join(directory, 'waygate.db'), join(directory, 'journal')]
  const gateway = await startGateway({
    storage: { url: `sqlite:${file}`, journal },
    models: { 'acme/slow': behaving('tokens-60+pace-50') },
  })
  // The third file cannot be made, as on a disk that has no room for it.
  const own = readdirSync(journal).find((name) => /^\d/.test(name)) ?? ''
  const obstacle = join(journal, own, '00000003.log')
  mkdirSync(obstacle)

  const running = await gateway.chat({ model: 'acme/slow', stream: true })
  const trace = { a: 'x'.repeat(16_000) }
  const answered: string[] = []
  let refusal: Response | null = null
  while (refusal === null) {
    const response = await gateway.chat({ trace })
    if (response.status === 200) answered.push(response.headers.get('x-generation-id') ?? '')
    else refusal = response
    if (response.status === 200) await response.arrayBuffer()
  }
  const calls = gateway.simulator.journal().length
  expect(refusal.status).toBe(503)
  expect(refusal.headers.get('retry-after')).toBe('10')
  expect(await refusal.text()).toContain('its disk takes no writes')
  expect((await gateway.chat({})).status).toBe(503)
  // No provider was called for a request that could not be recorded.
  expect(gateway.simulator.journal()).toHaveLength(calls)
  const ready = await gateway.get('/readyz')
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'backlogged' }])
  expect((await gateway.get('/healthz')).status).toBe(200)
  expect((await readStream(running)).done).toBe(true)
  answered.push(running.headers.get('x-generation-id') ?? '')
  expect(gateway.log.filter((line) => line.includes('next file of the journal'))).toHaveLength(1)

  rmSync(obstacle, { recursive: true })
  await eventually(async () => ((await gateway.get('/readyz')).status === 200 ? true : null))
  expect((await gateway.chat({})).status).toBe(200)
  await gateway.close()
  const database = new DatabaseSync(file)
  const rows = database.prepare('select id from generation').all()
  database.close()
  expect(rows).toHaveLength(answered.length + 1)
  expect(new Set(rows.map(({ id }) => id)).isSupersetOf(new Set(answered))).toBe(true)
}, 60_000)
