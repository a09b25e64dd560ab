import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/faults/eventually.ts'
import { watchConfigFile } from './watch-config-file.ts'

const intervalMs = 20

/** Watches files of these names in a directory of its own. */
function watched(...names: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-watch-'))
  const paths = names.map((name) => join(directory, name))
  let changes = 0
  const [first = '', second = ''] = paths
  writeFileSync(first, 'one')
  const watch = watchConfigFile(paths, () => (changes += 1), intervalMs)
  watch.start()
  onTestFinished(() => {
    watch.close()
    rmSync(directory, { recursive: true })
  })
  return {
    first,
    second,
    watch,
    changes: () => changes,
    becomes: (count: number) => eventually(() => (changes === count ? true : null)),
    /** Waits for as many looks as would notice a file that is gone. */
    rest: () => pause(15 * intervalMs),
  }
}

test('a change is told once, and what stays is not told', async () => {
  const { first, changes, becomes, rest } = watched('a')
  await rest()
  expect(changes()).toBe(0)
  writeFileSync(first, 'two')
  await becomes(1)
  await rest()
  expect(changes()).toBe(1)
  utimesSync(first, 1, 1)
  await becomes(2)
})

test('a file that is still being written is not told before it stays as it is', async () => {
  const { first, changes, becomes } = watched('a')
  for (let length = 0; length < 40; length++) {
    writeFileSync(first, 'x'.repeat(length))
    await pause(intervalMs / 2)
  }
  const during = changes()
  await becomes(during + 1)
  // A busy machine may pause the writing for longer than two looks, but not each time.
  expect(during).toBeLessThan(20)
})

test('a file that is gone is told once, and that it is back', async () => {
  const { first, changes, becomes, rest } = watched('a')
  renameSync(first, `${first}.old`)
  await becomes(1)
  await rest()
  expect(changes()).toBe(1)
  writeFileSync(first, 'one')
  await becomes(2)
})

test('the first file that was found stays the one that is watched', async () => {
  const { first, second, changes, becomes, rest } = watched('a', 'b')
  writeFileSync(second, 'other')
  await rest()
  expect(changes()).toBe(0)
  rmSync(first)
  await becomes(1)
  writeFileSync(second, 'another')
  await rest()
  expect(changes()).toBe(1)
})

test('what is read anyway is no news, and a watch that is closed tells nothing', async () => {
  const { first, watch, changes, rest } = watched('a')
  writeFileSync(first, 'two')
  watch.noteRead()
  await rest()
  expect(changes()).toBe(0)
  watch.close()
  writeFileSync(first, 'three')
  await rest()
  expect(changes()).toBe(0)
})
