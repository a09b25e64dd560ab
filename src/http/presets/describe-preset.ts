import { type Static, Type } from 'typebox'
import type { StoredPreset } from '../../guardrails/open-presets.ts'
import { presetStatuses, type PresetRecord, type PresetVersionRecord } from '../../storage/stores/preset-store.ts'
import { isObject, parseJson } from '../../util/json.ts'
import { OpenObject } from '../../util/open-object.ts'
import type { Exchange } from '../exchange.ts'
import type { Parameter } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const Time = Type.String({ description: 'ISO time.' })

/** Source: contract §8.B. */
export const PresetSchema = Type.Object(
  {
    id: Type.String(),
    slug: Type.String({ description: 'The name by which requests use it: `@preset/slug`.' }),
    name: Type.String({ description: 'The same as the slug.' }),
    description: orNull(Type.String({ description: 'Always null.' })),
    status: Type.Enum([...presetStatuses], { description: 'Only an active preset can be used.' }),
    status_updated_at: orNull(Type.String({ description: 'ISO time; null where the status was never changed.' })),
    designated_version_id: orNull(Type.String({ description: 'The version that is used.' })),
    creator_user_id: orNull(Type.String({ description: 'The member of the account whose key made it.' })),
    workspace_id: orNull(Type.String({ description: 'Always null: the preset is for the whole account.' })),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Preset', description: 'Settings of requests, stored under a name.' },
)

export const PresetVersionSchema = Type.Object(
  {
    id: Type.String(),
    preset_id: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    config: Type.Unsafe<Readonly<Record<string, unknown>>>({
      ...OpenObject,
      description: 'The settings, in the fields of a chat request.',
    }),
    system_prompt: orNull(Type.String({ description: 'Added to requests that have no instructions of their own.' })),
    creator_id: Type.String({ description: 'The member of the account whose key stored it, or the hash of the key.' }),
    created_at: Time,
    updated_at: Type.String({ description: 'The same: a version is never changed.' }),
  },
  { title: 'PresetVersion' },
)

const PresetWithVersionSchema = Type.Object(
  { ...PresetSchema.properties, designated_version: orNull(PresetVersionSchema) },
  { title: 'PresetWithVersion', description: 'A preset, with the version that is used.' },
)

export const PresetReplySchema = Type.Object({ data: PresetWithVersionSchema }, { title: 'PresetReply' })

export const encodePreset = (preset: PresetRecord): Static<typeof PresetSchema> => ({
  id: preset.id,
  slug: preset.slug,
  name: preset.slug,
  description: null,
  status: presetStatuses.find((status) => status === preset.status) ?? 'disabled',
  status_updated_at: preset.statusUpdatedAt === null ? null : iso(preset.statusUpdatedAt),
  designated_version_id: preset.designatedVersionId,
  creator_user_id: preset.creatorUserId,
  workspace_id: null,
  created_at: iso(preset.createdAt),
  updated_at: iso(preset.updatedAt),
})

export function encodeVersion(version: PresetVersionRecord): Static<typeof PresetVersionSchema> {
  const config = parseJson(version.config)
  return {
    id: version.id,
    preset_id: version.presetId,
    version: version.version,
    config: isObject(config) ? config : {},
    system_prompt: version.systemPrompt,
    creator_id: version.creatorId,
    created_at: iso(version.createdAt),
    updated_at: iso(version.createdAt),
  }
}

export const encodeStoredPreset = (preset: StoredPreset): Static<typeof PresetWithVersionSchema> => ({
  ...encodePreset(preset),
  designated_version: preset.designated === null ? null : encodeVersion(preset.designated),
})

const iso = (time: number): string => new Date(time).toISOString()

export const slugParameter: Parameter = {
  name: 'slug',
  in: 'path',
  description: 'The slug of the preset.',
  schema: Type.String(),
  example: 'code-reviewer',
}

export const slugOf = ({ parameters }: Exchange): string => parameters['slug'] ?? ''
