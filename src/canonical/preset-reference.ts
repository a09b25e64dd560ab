import type { ModelList } from './model-list.ts'

/** The preset that a request names, with the models that the request itself names beside it. */
export interface NamedPreset extends ModelList {
  readonly type: 'named'
  readonly slug: string
}

/** The preset that has become part of a request. */
export interface AppliedPreset {
  readonly type: 'applied'
  readonly id: string
  readonly versionId: string
}
