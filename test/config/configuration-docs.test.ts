import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadText } from './load-text.ts'

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
const samples = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, sample = '']) => sample)

/** What only some values are valid for. */
const special: Readonly<Record<string, string>> = { MY_PORT: '80', WAYGATE_SECRET_KEY: 'ab'.repeat(32) }

/** Every variable in the samples, with a value that is long enough for a key. */
const environment = Object.fromEntries(
  [...page.matchAll(/\$\{(\w+)\}/g)].map(([, name = ''], index) => [
    name,
    special[name] ?? `${name}-${index}-0123456789`,
  ]),
)

describe('docs/configuration.md', () => {
  test.each(samples)('%s', (sample) => {
    const config = loadText(sample, environment)
    for (const section of ['server', 'keys', 'providers', 'models'] as const) {
      if (sample.includes(`${section}:\n`)) expect(config[section]).not.toHaveLength(0)
    }
  })

  test('has samples of every large section', () => {
    for (const section of ['server', 'storage', 'keys', 'providers', 'models', 'timeouts', 'limits']) {
      expect(samples.some((sample) => sample.includes(`${section}:`))).toBe(true)
    }
  })
})
