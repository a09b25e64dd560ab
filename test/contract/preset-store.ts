import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Storage } from '../../src/storage/open-storage.ts'
import type { PresetDraft } from '../../src/storage/stores/preset-store.ts'

const draft = (given: Partial<PresetDraft>): PresetDraft => ({
  id: 'preset-1',
  versionId: 'version-1',
  account: 'default',
  slug: 'reviewer',
  creatorUserId: null,
  config: '{"temperature":0.5}',
  systemPrompt: null,
  creatorId: 'ab'.repeat(32),
  createdAt: 1_700_000_000_000,
  ...given,
})

const most = { presets: 3, versions: 2 }

/** Describes the behaviour of every PresetStore. `open` returns an empty storage. */
export function describePresetStore(name: string, open: () => Promise<Storage>): void {
  describe(`preset store: ${name}`, () => {
    let storage: Storage
    beforeEach(async () => {
      storage = await open()
    })
    afterEach(() => storage.close())

    test('gives back what was saved, with every kind of value', async () => {
      const full = draft({
        creatorUserId: 'jane',
        creatorId: 'jane',
        systemPrompt: 'Be “brief” 🙂.',
        config: '{"a":[1]}',
      })
      expect(await storage.presets.save(full, most)).toBe('saved')
      expect(await storage.presets.list()).toEqual([
        {
          id: 'preset-1',
          account: 'default',
          slug: 'reviewer',
          status: 'active',
          statusUpdatedAt: null,
          creatorUserId: 'jane',
          designatedVersionId: 'version-1',
          lastVersion: 1,
          createdAt: full.createdAt,
          updatedAt: full.createdAt,
        },
      ])
      const version = {
        id: 'version-1',
        presetId: 'preset-1',
        version: 1,
        config: full.config,
        systemPrompt: full.systemPrompt,
        creatorId: 'jane',
        createdAt: full.createdAt,
      }
      expect(await storage.presets.versionsOf(['version-1', 'none'])).toEqual([version])
      expect(await storage.presets.versionsOf([])).toEqual([])
      expect(await storage.presets.findVersion('preset-1', 1)).toEqual(version)
      expect(await storage.presets.findVersion('preset-1', 2)).toBeNull()
    })

    test('a slug that is known gets a new version, which is designated; only so many are kept', async () => {
      for (const number of [1, 2, 3]) {
        const next = draft({ id: `unused-${number}`, versionId: `version-${number}`, createdAt: number })
        expect(await storage.presets.save(next, most)).toBe('saved')
      }
      expect(await storage.presets.list()).toMatchObject([
        { id: 'unused-1', designatedVersionId: 'version-3', lastVersion: 3, createdAt: 1, updatedAt: 3 },
      ])
      const numbers = async (offset: number, limit: number) =>
        (await storage.presets.listVersions('unused-1', offset, limit)).map(({ version }) => version)
      expect(await numbers(0, 10)).toEqual([2, 3])
      expect(await numbers(1, 1)).toEqual([3])
      expect(await storage.presets.countVersions('unused-1')).toBe(2)
    })

    test('those that save at the same time get a number each', async () => {
      const saves = [1, 2, 3, 4].map((number) =>
        storage.presets.save(draft({ id: `id-${number}`, versionId: `version-${number}` }), {
          presets: 3,
          versions: 9,
        }),
      )
      expect(await Promise.all(saves)).toEqual(['saved', 'saved', 'saved', 'saved'])
      const [preset] = await storage.presets.list()
      const versions = await storage.presets.listVersions(preset?.id ?? '', 0, 10)
      expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4])
      expect(preset?.designatedVersionId).toBe(versions.at(-1)?.id)
    })

    test('accounts have slugs and a number of presets of their own; the list has the newest first', async () => {
      for (const [number, slug] of ['a', 'b', 'c'].entries()) {
        const next = draft({ id: slug, versionId: `version-${slug}`, slug, createdAt: number })
        expect(await storage.presets.save(next, most)).toBe('saved')
      }
      const fourth = draft({ id: 'd', versionId: 'version-d', slug: 'd', createdAt: 9 })
      expect(await storage.presets.save(fourth, most)).toBe('too-many')
      expect(await storage.presets.save({ ...fourth, account: 'other', slug: 'a' }, most)).toBe('saved')
      expect(await storage.presets.save(draft({ slug: 'a', versionId: 'version-a2', createdAt: 10 }), most)).toBe(
        'saved',
      )
      expect((await storage.presets.list()).map(({ id }) => id)).toEqual(['a', 'd', 'c', 'b'])
    })

    test('an archived preset takes no version, until its status is another', async () => {
      await storage.presets.save(draft({}), most)
      expect(await storage.presets.setStatus('default', 'reviewer', 'archived', 5)).toBe(true)
      expect(await storage.presets.save(draft({ versionId: 'version-2' }), most)).toBe('archived')
      expect(await storage.presets.list()).toMatchObject([{ status: 'archived', statusUpdatedAt: 5, lastVersion: 1 }])
      expect(await storage.presets.countVersions('preset-1')).toBe(1)
      await storage.presets.setStatus('default', 'reviewer', 'disabled', 6)
      expect(await storage.presets.save(draft({ versionId: 'version-2' }), most)).toBe('saved')
      expect(await storage.presets.list()).toMatchObject([{ status: 'disabled', lastVersion: 2 }])
      expect(await storage.presets.setStatus('other', 'reviewer', 'active', 7)).toBe(false)
    })

    test('a preset is deleted with its versions', async () => {
      await storage.presets.save(draft({}), most)
      expect(await storage.presets.delete('other', 'reviewer')).toBe(false)
      expect(await storage.presets.delete('default', 'reviewer')).toBe(true)
      expect(await storage.presets.delete('default', 'reviewer')).toBe(false)
      expect(await storage.presets.list()).toEqual([])
      expect(await storage.presets.countVersions('preset-1')).toBe(0)
    })

    test('calls back after each kind of change, until stopped', async () => {
      const listener = vi.fn<() => void>()
      const stop = storage.presets.onChange(listener)
      const called = async (change: () => Promise<unknown>): Promise<boolean> => {
        const before = listener.mock.calls.length
        await change()
        return listener.mock.calls.length > before
      }
      expect(await called(() => storage.presets.save(draft({}), most))).toBe(true)
      expect(await called(() => storage.presets.setStatus('default', 'reviewer', 'disabled', 1))).toBe(true)
      expect(await called(() => storage.presets.delete('default', 'reviewer'))).toBe(true)
      stop()
      expect(await called(() => storage.presets.save(draft({}), most))).toBe(false)
    })
  })
}

/** Describes the further behaviour of a PresetStore when another node opens the same `url`, which is new for each test. */
export function describeSharedPresetStore(
  name: string,
  newUrl: () => string | Promise<string>,
  open: (url: string) => Promise<Storage>,
): void {
  describe(`preset store shared by nodes: ${name}`, () => {
    test('a node is called back after a change by another', async () => {
      const url = await newUrl()
      const [one, other] = [await open(url), await open(url)]
      const seen = vi.fn<(slugs: readonly string[]) => void>()
      one.presets.onChange(() => void one.presets.list().then((presets) => seen(presets.map(({ slug }) => slug))))
      // As every user of a store does, which loads what it watches: changes before the first look are in what is loaded.
      await one.presets.list()
      await other.presets.save(draft({ slug: 'elsewhere' }), most)
      await expect.poll(() => seen.mock.lastCall).toEqual([['elsewhere']])
      await one.close()
      await other.close()
    })
  })
}
