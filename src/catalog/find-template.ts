import { modelName } from './model-name.ts'
import type { Template } from './template.ts'
import { templates } from './templates.ts'

const none: Template = {}

/** Finds the template of the first of these ids that any row matches. It is called when the catalogue is built, never during a request. */
export function findTemplate(ids: readonly string[]): Template {
  for (const id of ids) {
    const name = modelName(id)
    const matching = templates.filter(({ models, except }) => models.test(name) && except?.test(name) !== true)
    if (matching.length > 0) return Object.assign({}, ...matching.map(({ template }) => template))
  }
  return none
}
