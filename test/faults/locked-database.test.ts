import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { startGateway, testKey } from '../gateway.ts'

const limited = 'sk-or-v1-test-key-with-a-limit'

test('while another process holds the database, the first request of a key with a limit is answered', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'waygate-locked-'))
  const file = join(directory, 'waygate.db')
  const gateway = await startGateway({
    storage: { url: `sqlite:${file}` },
    keys: [
      { name: 'test', key: testKey },
      { name: 'limited', key: limited, limit: 1 },
    ],
  })
  const outside = new DatabaseSync(file, { timeout: 10_000 })
  outside.exec('begin immediate')
  // Creates a record that cannot be written now.
  expect((await gateway.chat({})).status).toBe(200)
  const headers = { authorization: `Bearer ${limited}` }
  expect((await gateway.chat({}, headers)).status).toBe(200)
  expect(await (await gateway.get('/api/v1/key', headers)).json()).toMatchObject({ data: { limit: 1 } })
  expect(gateway.log.filter((line) => line.includes('takes no writes'))).toEqual([])
  outside.exec('commit')
  outside.close()
  await gateway.close()
  await rm(directory, { recursive: true })
})
