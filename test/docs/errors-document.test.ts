import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { availabilityTable, errorTable } from '../../src/canonical/errors.ts'

const root = new URL('../../', import.meta.url)
const text = await readFile(new URL('docs/errors.md', root), 'utf8')

/** Returns the entries under each heading of the second level. */
function entries(heading: string): ReadonlyMap<string, string> {
  const part = text.split(/^## /m).find((candidate) => candidate.startsWith(`${heading}\n`)) ?? ''
  return new Map(
    part
      .split(/^### /m)
      .slice(1)
      .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry]),
  )
}

describe('docs/errors.md and the tables name the same', () => {
  test('kinds', () => {
    const described = entries('Kinds')
    expect([...described.keys()].toSorted()).toEqual(Object.keys(errorTable).toSorted())
    for (const [kind, { status, meaning, advice }] of Object.entries(errorTable)) {
      const entry = described.get(kind) ?? ''
      expect(entry).toContain(`Status ${status},`)
      expect(entry).toContain(meaning)
      expect(entry.toLowerCase()).toContain(advice.toLowerCase())
    }
  })

  test('availability codes', () => {
    const described = entries('Availability')
    expect([...described.keys()].toSorted()).toEqual(Object.keys(availabilityTable).toSorted())
    for (const [code, { kind, retryable, meaning }] of Object.entries(availabilityTable)) {
      const entry = described.get(code) ?? ''
      expect(entry).toContain(`Status ${errorTable[kind].status},`)
      expect(entry).toContain(`\`retryable\` \`${retryable}\``)
      expect(entry).toContain(meaning)
    }
  })

  test('and the generator would write nothing else', async () => {
    const script = fileURLToPath(new URL('scripts/generate-error-docs.ts', root))
    await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toMatchObject({ stderr: '' })
  })
})
