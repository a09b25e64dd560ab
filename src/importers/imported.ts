/** What an importer made of the configuration of another gateway. */
export interface Imported {
  /** The configuration, in the words of `waygate.yaml`. */
  readonly config: Readonly<Record<string, unknown>>
  /** What was left out, or means something else here, in the order of the file. */
  readonly remarks: readonly Remark[]
}

export interface Remark {
  /** The line in the other configuration, from 1. */
  readonly line: number
  /** The key, e.g. `model_list[0].litellm_params.rpm`. */
  readonly path: string
  /** What became of it, and why. */
  readonly message: string
}
