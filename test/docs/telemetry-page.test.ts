import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadText } from '../config/load-text.ts'

const page = readFileSync(new URL('../../docs/telemetry.md', import.meta.url), 'utf8')
const samples = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, sample = '']) => sample)
const environment = Object.fromEntries(
  [...page.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, `${name}-0123456789abcdef`]),
)

test.each(samples)('docs/telemetry.md has a valid sample: %s', (sample) => {
  expect(() => loadText(sample, environment)).not.toThrow()
})
