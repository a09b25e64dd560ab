import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configured, runWaygate, startWaygate } from '../cli/run-waygate.ts'
import { describePostgres, describeRedis } from '../engines/engines.ts'
import { eventually } from '../faults/eventually.ts'

const page = readFileSync(new URL('../../docs/nodes.md', import.meta.url), 'utf8')

describePostgres('docs/nodes.md', ({ newDatabase }) => {
  describeRedis('docs/nodes.md', (start) => {
    test('two nodes of the sample share a key, what it used, and cached answers; the one that is left goes on', async () => {
      const [, sample = ''] = /```yaml\n([^]*?)```/.exec(page) ?? []
      const [, aclCommand = ''] = /redis-cli (acl setuser .*)/.exec(page) ?? []
      expect([sample, aclCommand]).not.toContain('')
      const administrator = await start()
      const { createClient } = await import('@redis/client')
      const admin = await createClient({ url: administrator.url }).connect()
      await admin.sendCommand(aclCommand.replaceAll("'", '').split(' '))
      admin.destroy()
      const environment = { REDIS_PASSWORD: 'password', WAYGATE_SECRET_KEY: 'ab'.repeat(32), WAYGATE_PORT: '0' }
      const text = sample
        .replace(/postgres:[^"]*/, await newDatabase())
        .replace(/rediss:(.*)@redis.internal:6379/, `redis:$1@127.0.0.1:${administrator.port}`)
        .replace('/var/lib/waygate/journal', './journal')
        .replace('0.0.0.0', '127.0.0.1')
      const open = async () => {
        const directory = configured(text)
        const running = startWaygate(['serve'], { directory, environment })
        const url = await running.printed(/listens on (\S+)/)
        await eventually(() => (running.stdout().includes('connected to Redis') ? true : null))
        return { ...running, url, directory }
      }
      const [one, other] = [await open(), await open()]
      const made = await runWaygate(['keys', 'create', '--name', 'dev'], { directory: one.directory, environment })
      const [key = ''] = /sk-\S+/.exec(made.stdout) ?? []
      expect(key).not.toBe('')
      let question = 0
      const ask = (url: string, number: number) =>
        fetch(`${url}/api/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-openrouter-cache': 'true' },
          body: JSON.stringify({ model: 'waygate/simulator', messages: [{ role: 'user', content: `hi ${number}` }] }),
        })
      for (const { url } of [one, other]) await eventually(async () => (await ask(url, 0)).status === 200 || null)
      await eventually(async () => {
        question++
        expect((await ask(one.url, question)).status).toBe(200)
        return (await ask(other.url, question)).headers.get('x-openrouter-cache-status') === 'HIT' || null
      })
      expect(await one.stop('SIGTERM')).toBe(0)
      expect((await ask(other.url, question)).status).toBe(200)
      expect((await fetch(`${other.url}/readyz`)).status).toBe(200)
      expect(await other.stop('SIGTERM')).toBe(0)
      expect(join(one.stdout(), other.stdout(), one.stderr(), other.stderr())).not.toContain('Redis is away')
    })
  })
})
