/** The models that somebody names; null where the field is absent. */
export interface ModelList {
  readonly model: string | null
  readonly models: readonly string[] | null
}

/** Lists the models in the order to try: `model` first, then `models`, each once (contract §1.1). */
export const modelsToTry = ({ model, models }: ModelList): readonly string[] => [
  ...new Set([...(model === null ? [] : [model]), ...(models ?? [])]),
]
