import type { ModelList } from './model-list.ts'

interface PresetReference {
  /** The model as the client sent it, with the preset in it; null where the preset stood in a field of its own. */
  readonly modelAsSent: string | null
}

/** The preset that a request names, with the models that the request itself names beside it. */
export interface NamedPreset extends ModelList, PresetReference {
  readonly type: 'named'
  readonly slug: string
}

/** The preset that has become part of a request. */
export interface AppliedPreset extends PresetReference {
  readonly type: 'applied'
  readonly id: string
  readonly versionId: string
}
