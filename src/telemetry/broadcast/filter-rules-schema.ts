import { Type } from 'typebox'
import { ruleFields, ruleOperators } from './filter-rules.ts'

const rule = Type.Object(
  {
    field: Type.Enum([...ruleFields]),
    operator: Type.Enum([...ruleOperators]),
    value: Type.Optional(Type.Union([Type.String({ maxLength: 1_000 }), Type.Number()])),
  },
  { additionalProperties: false },
)

const group = Type.Object(
  {
    logic: Type.Optional(Type.Enum(['and', 'or'], { default: 'and' })),
    rules: Type.Array(rule, { minItems: 1, maxItems: 50 }),
  },
  { additionalProperties: false },
)

/** Rules as the configuration and the API have them (contract §6.20). */
export const filterRulesSchema = Type.Object(
  { enabled: Type.Optional(Type.Boolean()), groups: Type.Array(group, { maxItems: 20 }) },
  { additionalProperties: false, description: 'Which generations it gets: those for which every group holds.' },
)
