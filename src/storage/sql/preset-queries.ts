import type { Kysely } from 'kysely'
import { fieldNames } from '../../canonical/record-fields.ts'
import {
  type PresetDraft,
  presetFields,
  type PresetLimits,
  type PresetStore,
  presetVersionFields,
} from '../stores/preset-store.ts'
import type { Database } from './database.ts'
import type { Engine } from './engine.ts'
import { fromRow } from './rows.ts'
import { watchedChanges } from './watched-changes.ts'

const presetColumns = fieldNames(presetFields)
const versionColumns = fieldNames(presetVersionFields)

/** SQLite takes at most 32,766 values in one query. */
const mostIds = 10_000

/** Creates the store of presets. */
export function createPresetStore(engine: Engine): PresetStore {
  const { db, readSoon } = engine
  const { change, onChange } = watchedChanges(engine)
  return {
    list: async () => {
      const rows = await readSoon((db) =>
        db.selectFrom('preset').select(presetColumns).orderBy('updatedAt', 'desc').orderBy('id').execute(),
      )
      return rows.map((row) => fromRow(presetFields, row))
    },
    versionsOf: async (ids) => {
      const rows = []
      for (let start = 0; start < ids.length; start += mostIds) {
        const some = ids.slice(start, start + mostIds)
        rows.push(...(await db.selectFrom('presetVersion').select(versionColumns).where('id', 'in', some).execute()))
      }
      return rows.map((row) => fromRow(presetVersionFields, row))
    },
    listVersions: async (presetId, offset, limit) => {
      const rows = await versionsIn(db, presetId)
        .select(versionColumns)
        .orderBy('version')
        .offset(offset)
        .limit(limit)
        .execute()
      return rows.map((row) => fromRow(presetVersionFields, row))
    },
    countVersions: async (presetId) => {
      const { count } = await versionsIn(db, presetId)
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    findVersion: async (presetId, version) => {
      const row = await versionsIn(db, presetId)
        .select(versionColumns)
        .where('version', '=', version)
        .executeTakeFirst()
      return row === undefined ? null : fromRow(presetVersionFields, row)
    },
    save: (draft, most) => change((changing) => save(changing, draft, most)),
    setStatus: async (account, slug, status, now) => {
      const { numUpdatedRows } = await change((changing) =>
        changing
          .updateTable('preset')
          .set({ status, statusUpdatedAt: now, updatedAt: now })
          .where('account', '=', account)
          .where('slug', '=', slug)
          .executeTakeFirst(),
      )
      return numUpdatedRows > 0n
    },
    delete: (account, slug) =>
      change(async (changing) => {
        const deleted = await changing
          .deleteFrom('preset')
          .where('account', '=', account)
          .where('slug', '=', slug)
          .returning('id')
          .executeTakeFirst()
        if (deleted === undefined) return false
        await changing.deleteFrom('presetVersion').where('presetId', '=', deleted.id).execute()
        return true
      }),
    onChange,
  }
}

const versionsIn = (db: Kysely<Database>, presetId: string) =>
  db.selectFrom('presetVersion').where('presetId', '=', presetId)

/** One statement decides the number of the version, so that two that save at the same time get two numbers. */
async function save(
  db: Kysely<Database>,
  draft: PresetDraft,
  most: PresetLimits,
): Promise<'saved' | 'archived' | 'too-many'> {
  const { versionId, config, systemPrompt, creatorId, createdAt, ...preset } = draft
  const ofAccount = db.selectFrom('preset').where('account', '=', draft.account)
  const known = await ofAccount.select('id').where('slug', '=', draft.slug).executeTakeFirst()
  if (known === undefined) {
    const { count } = await ofAccount.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow()
    if (Number(count) >= most.presets) return 'too-many'
  }
  const saved = await db
    .insertInto('preset')
    .values({
      ...preset,
      status: 'active',
      statusUpdatedAt: null,
      designatedVersionId: versionId,
      lastVersion: 1,
      createdAt,
      updatedAt: createdAt,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['account', 'slug'])
        .doUpdateSet(({ ref, eb }) => ({
          designatedVersionId: ref('excluded.designatedVersionId'),
          updatedAt: ref('excluded.updatedAt'),
          lastVersion: eb('preset.lastVersion', '+', 1),
        }))
        .where('preset.status', '!=', 'archived'),
    )
    .returning(['id', 'lastVersion'])
    .executeTakeFirst()
  if (saved === undefined) return 'archived'
  const { id: presetId, lastVersion: version } = saved
  await db
    .insertInto('presetVersion')
    .values({ id: versionId, presetId, version, config, systemPrompt, creatorId, createdAt })
    .execute()
  await db
    .deleteFrom('presetVersion')
    .where('presetId', '=', presetId)
    .where('version', '<=', version - most.versions)
    .execute()
  return 'saved'
}
