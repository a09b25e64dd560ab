import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { asText, at, generation } from './exchange.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { otherKey, startGateway, type TestGateway } from '../gateway.ts'

const slugs = { openrouter: 'user', 'house-of-messages': 'metadata.user_id', openai: 'safety_identifier' } as const

async function start(
  keyFile: string,
): Promise<{ readonly gateway: TestGateway; idOf(from: string, user: string, key?: string): Promise<string> }> {
  const upstream = await startSimulator()
  const gateway = await startGateway({
    secrets: { key_file: keyFile },
    providers: {
      ...Object.fromEntries(
        ['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { base_url: `${upstream.url}/${slug}` }]),
      ),
      openrouter: { base_url: `${upstream.url}/openrouter`, api_key: 'k' },
      openai: { base_url: `${upstream.url}/openai`, api_key: 'k' },
      'house-of-messages': { base_url: `${upstream.url}/messages`, protocol: 'messages', api_key: 'k' },
    },
    models: Object.fromEntries(
      Object.keys(slugs).map((provider) => [`test/${provider}`, { endpoints: [{ provider, model: 'steady' }] }]),
    ),
  })
  onTestFinished(async () => {
    await gateway.close()
    await upstream.close()
  })
  return {
    gateway,
    async idOf(from, user, key) {
      upstream.clearJournal()
      const headers = key === undefined ? undefined : { authorization: `Bearer ${key}` }
      const response = await gateway.chat({ model: `test/${from}`, user }, headers)
      expect(response.status).toBe(200)
      const { id } = Object(await response.json())
      // The record shows the client's own name.
      if (key === undefined) expect((await generation(gateway, id))['external_user']).toBe(user)
      const call = upstream.journal().at(-1)
      expect(JSON.stringify(call?.body)).not.toContain(user)
      const place: string = Object(slugs)[from]
      return asText(at(call?.body, ...place.split('.')))
    },
  }
}

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'waygate-users-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

test('a provider knows an end user by an id that is keyed by the installation, and another in each account', async () => {
  const keyFile = join(directory(), 'keys', 'secret.key')
  const first = await start(keyFile)
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  expect(readFileSync(keyFile)).toHaveLength(32)
  const jane = await first.idOf('openrouter', 'jane@example.com')
  expect(jane).toMatch(/^user_[0-9a-f]{32}$/)
  for (const from of Object.keys(slugs)) expect(await first.idOf(from, 'jane@example.com')).toBe(jane)
  expect(await first.idOf('openrouter', 'joe@example.com')).not.toBe(jane)
  expect(await first.idOf('openrouter', 'jane@example.com', otherKey)).not.toBe(jane)

  const again = await start(keyFile)
  expect(await again.idOf('openrouter', 'jane@example.com')).toBe(jane)
  const elsewhere = await start(join(directory(), 'secret.key'))
  expect(await elsewhere.idOf('openrouter', 'jane@example.com')).not.toBe(jane)
})
