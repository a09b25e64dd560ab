import { randomUUID } from 'node:crypto'
import { GatewayError } from '../canonical/errors.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { PresetContent, PresetSettings } from '../canonical/preset-settings.ts'
import type { Principal } from '../canonical/principal.ts'
import type { PresetRecord, PresetStore, PresetVersionRecord } from '../storage/stores/preset-store.ts'
import type { Clock } from '../util/clock.ts'
import { keptUpToDate } from '../util/kept-up-to-date.ts'
import { applyPreset, type TypeOf } from './apply-preset.ts'

/** A preset with the version that is used; null where that version is being replaced at this moment. */
export interface StoredPreset extends PresetRecord {
  readonly designated: PresetVersionRecord | null
}

/** The presets of all accounts (contract §6.14). Whatever concerns one account names it, so that no account reaches those of another. */
export interface Presets {
  /**
   * Returns the request with the preset that it names merged into it; the request itself where it names none.
   * @throws GatewayError 404 for a preset that the account does not have, or that is disabled or archived
   */
  apply(request: GenerationRequest, account: string): GenerationRequest
  /** Lists the presets of an account, those that were changed last first. */
  list(account: string): readonly StoredPreset[]
  /** @throws GatewayError 404 where the account has no preset of that slug */
  find(account: string, slug: string): StoredPreset
  /** Lists versions of a preset, oldest first. */
  versions(preset: PresetRecord, offset: number, limit: number): Promise<readonly PresetVersionRecord[]>
  countVersions(preset: PresetRecord): Promise<number>
  /** @throws GatewayError 404 where the preset has no such version */
  version(preset: PresetRecord, version: number): Promise<PresetVersionRecord>
  /**
   * Stores a preset, or a new version of the one that has the slug, and designates it.
   * @throws GatewayError 400 for a slug that cannot be one, 409 for an archived preset and where the account has too many, 413
   */
  save(creator: Principal, slug: string, content: PresetContent): Promise<StoredPreset>
  /** Ends the subscription to the store. */
  close(): void
}

interface PresetDependencies {
  readonly store: PresetStore
  readonly clock: Clock
  /** Decodes a configuration. It may throw a GatewayError: what was valid once may not be for ever. */
  readonly decode: (config: Readonly<Record<string, unknown>>) => Omit<PresetSettings, 'systemPrompt'>
  readonly typeOf: TypeOf
}

/** Presets stay in memory, so that no request waits for the database: at most 32 MB for an account. */
const most = { presets: 256, versions: 1000, bytes: 131_072 }

/** Opens the presets. They are kept in memory, as a snapshot that is replaced as a whole after the store changes. */
export async function openPresets({ store, clock, decode, typeOf }: PresetDependencies): Promise<Presets> {
  let versions: ReadonlyMap<string, PresetVersionRecord> = new Map()
  /** Of what is in memory already, nothing is read again: a version never changes. */
  const load = async (): Promise<ReadonlyMap<string, readonly StoredPreset[]>> => {
    const records = await store.list()
    const wanted = records.map(({ designatedVersionId }) => designatedVersionId)
    const missing = await store.versionsOf(wanted.filter((id) => !versions.has(id)))
    const known = new Map([...versions, ...missing.map((version) => [version.id, version] as const)])
    const presets = records.map((record) => ({ ...record, designated: known.get(record.designatedVersionId) ?? null }))
    versions = new Map(presets.flatMap(({ designated }) => (designated === null ? [] : [[designated.id, designated]])))
    return Map.groupBy(presets, ({ account }) => account)
  }
  const kept = await keptUpToDate(load, (listener) => store.onChange(listener))
  const list = (account: string): readonly StoredPreset[] => kept.value().get(account) ?? []
  const find = (account: string, slug: string): StoredPreset =>
    list(account).find((preset) => preset.slug === slug) ?? refuseUnknown(slug)
  const decoded = new WeakMap<PresetVersionRecord, PresetSettings>()
  const settingsOf = (slug: string, version: PresetVersionRecord): PresetSettings => {
    const known = decoded.get(version)
    if (known !== undefined) return known
    const settings = { ...readConfig(slug, version, decode), systemPrompt: version.systemPrompt }
    decoded.set(version, settings)
    return settings
  }
  return {
    apply(request, account) {
      const { preset } = request
      if (preset?.type !== 'named') return request
      const { id, slug, status, designated } = find(account, preset.slug)
      if (status !== 'active') throw new GatewayError('not_found', `The preset ${quoted(slug)} is ${status}.`)
      if (designated === null) return refuseUnknown(slug)
      const version = { id, versionId: designated.id, settings: settingsOf(slug, designated) }
      return applyPreset(request, preset, version, typeOf)
    },
    list,
    find,
    versions: (preset, offset, limit) => store.listVersions(preset.id, offset, limit),
    countVersions: (preset) => store.countVersions(preset.id),
    version: async (preset, version) => {
      const found = await store.findVersion(preset.id, version)
      if (found !== null) return found
      throw new GatewayError('not_found', `The preset ${quoted(preset.slug)} has no version ${version}.`)
    },
    save: async (creator, slug, { config, systemPrompt }) => {
      checkSlug(slug)
      const text = JSON.stringify(config)
      checkSize(Buffer.byteLength(text) + Buffer.byteLength(systemPrompt ?? ''))
      const { account, creatorUserId = null, keyHash } = creator
      const ids = { id: randomUUID(), versionId: randomUUID() }
      const by = { account, creatorUserId, creatorId: creatorUserId ?? keyHash, createdAt: clock.now() }
      const outcome = await store.save({ ...ids, ...by, slug, config: text, systemPrompt }, most)
      if (outcome !== 'saved') throw conflict(outcome, slug)
      await kept.refreshed()
      return find(account, slug)
    },
    close: kept.close,
  }
}

function readConfig(
  slug: string,
  { version, config }: PresetVersionRecord,
  decode: PresetDependencies['decode'],
): ReturnType<typeof decode> {
  try {
    return decode(JSON.parse(config))
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const message = `Version ${version} of the preset ${quoted(slug)} cannot be used any more: ${error.message}`
    throw new GatewayError('invalid_request', message, error.details)
  }
}

const quoted = (slug: string): string => `"${slug.slice(0, 100)}"`

function refuseUnknown(slug: string): never {
  throw new GatewayError('not_found', `The account has no preset ${quoted(slug)}.`)
}

/** What can stand in an address and behind `@preset/` without being escaped. */
function checkSlug(slug: string): void {
  if (/^[a-z0-9][a-z0-9._-]{0,99}$/i.test(slug)) return
  const message = 'must have up to 100 letters, digits, hyphens, dots and underscores, and begin with a letter or digit'
  throw new GatewayError('invalid_request', `slug ${message}`, { issues: [{ path: 'slug', message }] })
}

function checkSize(bytes: number): void {
  if (bytes <= most.bytes) return
  throw new GatewayError('payload_too_large', `A preset may have ${most.bytes} bytes as JSON, this one has ${bytes}.`)
}

function conflict(outcome: 'archived' | 'too-many', slug: string): GatewayError {
  const message =
    outcome === 'archived'
      ? `The preset ${quoted(slug)} is archived. Enable it first, or use another slug.`
      : `The account has ${most.presets} presets already. Delete one first.`
  return new GatewayError('conflict', message)
}
