import type { Filter } from './filter.ts'

/** With `enforce_distillable_text`, keeps models whose author permits training of other models on their output (contract §1.2). */
export const distillable: Filter = {
  name: 'distillable',
  verdict: { type: 'unavailable', code: 'constraint_filtered' },
  ruleFor({ routing }) {
    if (routing.enforceDistillableText !== true) return null
    return (endpoint) =>
      endpoint.distillable
        ? null
        : {
            field: 'enforce_distillable_text',
            detail: `the author of ${endpoint.model} is not known to permit distillation`,
          }
  },
}
