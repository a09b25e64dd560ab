import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadConfig } from './load-config.ts'

const directory = mkdtempSync(join(tmpdir(), 'waygate-values-'))
afterAll(() => rmSync(directory, { recursive: true }))

const secret = 'a-secret-that-nobody-may-see'

function valuesOf(text: string, environment: Readonly<Record<string, string>> = {}, overrides = {}) {
  writeFileSync(join(directory, 'waygate.yaml'), text)
  const builtInProviders = [{ slug: 'openai', variables: ['OPENAI_API_KEY'] }]
  const { values } = loadConfig({ environment, workingDirectory: directory, builtInProviders, overrides })
  return { text: JSON.stringify(values), of: new Map(values.map(({ path, ...rest }) => [path, rest])) }
}

test('a value has the line of the file, its variable, or the option that replaced it', () => {
  const text = `server: { host: "\${HOST_NAME}", port: 1 }\nkeepalive_ms: 7\nlimits:\n  body_mb: \${BODY}\n`
  const { of } = valuesOf(
    text,
    { HOST_NAME: '127.0.0.9', BODY: '3', WAYGATE_PORT: '5', OPENAI_API_KEY: secret },
    { host: '::1' },
  )
  expect(of.get('keepalive_ms')).toEqual({ value: 7, source: { from: 'file', line: 2 } })
  expect(of.get('limits.body_mb')).toEqual({ value: 3, source: { from: 'environment', variable: 'BODY', line: 4 } })
  expect(of.get('server.host')).toEqual({ value: '::1', source: { from: 'command-line' } })
  expect(of.get('server.port')).toEqual({
    value: 5,
    source: { from: 'environment', variable: 'WAYGATE_PORT', line: null },
  })
  expect(of.get('limits.json_depth')).toEqual({ value: 128, source: { from: 'default' } })
  expect(of.get('console.enabled')).toEqual({ value: true, source: { from: 'default' } })
  expect(of.get('telemetry.metrics')).toEqual({ value: false, source: { from: 'default' } })
  expect(of.get('environment.OPENAI_API_KEY')).toEqual({
    value: '•••',
    source: { from: 'environment', variable: 'OPENAI_API_KEY', line: null },
  })
})

test.each(['', '{}'])('a file that sets nothing (%j) has no value', (text) => {
  const { of } = valuesOf(text)
  expect([...of.values()].filter(({ source }) => source.from !== 'default')).toEqual([])
})

test('no secret is shown, written out or from a variable', () => {
  const text = `
storage: { url: "postgres://waygate:${secret}@db.internal/waygate", redis_url: "redis://:\${SECRET}@redis.internal" }
keys: [{ name: dev, key: ${secret} }, { name: ops, key: "\${OTHER}" }]
providers:
  openai: { api_keys: [${secret}, "\${SECRET}"] }
  own: { base_url: "https://own.example/v1", api_key: ${secret} }
ocr: { mistral: { api_key: ${secret} } }
`
  const { text: shown, of } = valuesOf(text, { SECRET: secret, OTHER: `${secret}-2`, OPENAI_API_KEY: secret })
  expect(shown).not.toContain(secret)
  expect(of.get('storage.url')?.value).toBe('postgres://waygate:***@db.internal/waygate')
  expect(of.get('storage.redis_url')?.value).toBe('redis://:***@redis.internal')
  expect(of.get('keys[0].name')?.value).toBe('dev')
})
