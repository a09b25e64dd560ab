import { GatewayError } from '../../canonical/errors.ts'
import type { ModelList } from '../../canonical/model-list.ts'
import type { NamedPreset } from '../../canonical/preset-reference.ts'

export interface ModelFields {
  readonly model?: string | null
  readonly models?: readonly string[] | null
  readonly preset?: string | null
}

/** Stands before the slug of a preset, at the end of a model’s name or in place of it. */
const mark = '@preset/'

/**
 * Decodes the models that a request names, and takes the preset off them (contract §6.14). The preset stands in `preset`, or in `model`
 * as `@preset/slug` or `author/model@preset/slug`.
 * @throws GatewayError 400 for two presets, and for one in `models`
 */
export function decodeModels(body: ModelFields): ModelList & { readonly preset: NamedPreset | undefined } {
  const { model, models, inModel } = takenOff(body)
  const inField = body.preset || null
  const slug = inField ?? inModel
  if (slug === null) return { model, models, preset: undefined }
  if (inModel !== null && inModel !== slug)
    throw refused('preset', `must be "${inModel}", which model names, or be left out`)
  return {
    model,
    models,
    preset: { type: 'named', slug, model, models, modelAsSent: inModel === null ? null : (body.model ?? null) },
  }
}

function takenOff({ model, models }: ModelFields): ModelList & { readonly inModel: string | null } {
  const within = (models ?? []).findIndex((name) => name.includes(mark))
  if (within !== -1) throw refused(`models[${within}]`, 'must not name a preset: put it in preset or in model')
  const at = model?.indexOf(mark) ?? -1
  if (!model || at === -1) return { model: model || null, models: models ?? null, inModel: null }
  return { model: model.slice(0, at) || null, models: models ?? null, inModel: model.slice(at + mark.length) }
}

const refused = (path: string, message: string): GatewayError =>
  new GatewayError('invalid_request', `${path} ${message}`, { issues: [{ path, message }] })
