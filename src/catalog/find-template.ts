import { modelName } from './model-name.ts'
import type { Template } from './template.ts'
import { templates } from './templates.ts'

const none: Template = {}

/** Finds what is known of the first of these ids that anything is known of. Called when the catalogue is built, never for a request. */
export function findTemplate(ids: readonly string[]): Template {
  for (const id of ids) {
    const name = modelName(id)
    const matching = templates.filter(({ models, except }) => models.test(name) && except?.test(name) !== true)
    if (matching.length > 0) return Object.assign({}, ...matching.map(({ template }) => template))
  }
  return none
}
