import { usd } from '../../canonical/money.ts'
import { linearPattern, PatternError } from '../../util/linear-pattern.ts'
import { linearSearch } from '../../util/linear-search.ts'
import type { StepBudget } from '../../util/step-budget.ts'
import type { BroadcastTrace } from './destination.ts'

export const ruleFields = [
  'model',
  'provider',
  'session_id',
  'user_id',
  'api_key_name',
  'finish_reason',
  'input',
  'output',
  'total_cost',
  'total_tokens',
  'prompt_tokens',
  'completion_tokens',
] as const
export const ruleOperators = [
  'equals',
  'not_equals',
  'contains',
  'not_contains',
  'regex',
  'starts_with',
  'ends_with',
  'gt',
  'lt',
  'gte',
  'lte',
  'exists',
  'not_exists',
] as const

type Field = (typeof ruleFields)[number]
type Operator = (typeof ruleOperators)[number]

export interface FilterRule {
  readonly field: Field
  readonly operator: Operator
  readonly value?: string | number
}

/** Which generations a destination gets (contract §6.20). */
export interface FilterRules {
  readonly enabled?: boolean
  /** All groups must hold; inside a group the logic decides, which is `and` by default. */
  readonly groups: readonly { readonly logic?: 'and' | 'or'; readonly rules: readonly FilterRule[] }[]
}

/** What rules are about: a generation, and what was said in it. */
type Matched = Pick<BroadcastTrace, 'record' | 'keyName'> & { readonly input: string; readonly output: string }

/** Tells whether a generation is wanted. Where the budget is spent then, the answer counts for nothing. */
export type Wants = (matched: Matched, budget: StepBudget) => boolean

/** The most steps that the patterns of one destination have together. They stay in memory, and each character of a text may take as many. */
const mostPatternSteps = 2_000
/** What a rule takes besides: it compares up to a thousand characters. */
const ruleSteps = 10
/** No number has more characters. */
const longestNumber = 400

/** Tells whether rules read what was said, so that it must be collected also where it is not sent. */
export const readsContent = (rules: FilterRules | null): boolean =>
  rules?.enabled !== false &&
  (rules?.groups ?? []).some((group) => group.rules.some(({ field }) => field === 'input' || field === 'output'))

/** Returns what is wrong with rules, and where; null where nothing is. */
export function faultOf({ groups }: FilterRules): { readonly path: string; readonly message: string } | null {
  let steps = 0
  for (const [group, { rules }] of groups.entries()) {
    for (const [index, rule] of rules.entries()) {
      const checked = checkRule(rule)
      const message = typeof checked === 'string' ? checked : (steps += checked) > mostPatternSteps ? tooLong : null
      if (message !== null) return { path: `groups[${group}].rules[${index}].value`, message }
    }
  }
  return null
}

const tooLong = `is a pattern too many: those of a destination may have ${mostPatternSteps} steps together, which are characters, classes and repetitions`

/** Returns what is wrong with a rule, or how many steps its pattern has. */
function checkRule({ operator, value }: FilterRule): string | number {
  if (operator === 'exists' || operator === 'not_exists') return 0
  if (value === undefined) return `is missing: the operator ${operator} needs it`
  if (isComparison(operator) && !Number.isFinite(Number(value))) return `must be a number, for the operator ${operator}`
  if (operator !== 'regex') return 0
  try {
    return linearPattern(String(value)).steps
  } catch (error) {
    if (error instanceof PatternError) return `is a pattern that ${error.message}`
    throw error
  }
}

const isComparison = (operator: Operator): boolean => ['gt', 'lt', 'gte', 'lte'].includes(operator)

/** Compiles rules; null where they have a fault, as those may that an earlier version took. Without rules everything is wanted. */
export function compileRules(rules: FilterRules | null): Wants | null {
  if (rules === null || rules.enabled === false) return () => true
  if (faultOf(rules) !== null) return null
  const groups = rules.groups.map(({ logic = 'and', rules }) => {
    const tests = rules.map(compileRule)
    return (matched: Matched, budget: StepBudget): boolean =>
      logic === 'and' ? tests.every((test) => test(matched, budget)) : tests.some((test) => test(matched, budget))
  })
  return (matched, budget) => groups.every((group) => group(matched, budget))
}

function compileRule({ field, operator, value = '' }: FilterRule): Wants {
  const wanted = String(value)
  const limit = Number(value)
  const pattern = operator === 'regex' ? linearPattern(wanted) : null
  const search = operator === 'contains' || operator === 'not_contains' ? linearSearch(wanted) : null
  const test = (actual: string | number | null, budget: StepBudget): boolean => {
    if (!budget.take(ruleSteps)) return false
    const text = actual === null ? '' : String(actual)
    const amount = text === '' || text.length > longestNumber ? NaN : Number(actual)
    switch (operator) {
      case 'equals':
        return typeof actual === 'number' ? amount === limit : text === wanted
      case 'not_equals':
        return typeof actual === 'number' ? amount !== limit : text !== wanted
      case 'contains':
        return search?.isIn(text, budget) === true
      case 'not_contains':
        return search?.isIn(text, budget) === false
      case 'starts_with':
        return text.startsWith(wanted)
      case 'ends_with':
        return text.endsWith(wanted)
      case 'regex':
        return pattern?.matches(text, budget) === true
      case 'gt':
        return amount > limit
      case 'lt':
        return amount < limit
      case 'gte':
        return amount >= limit
      case 'lte':
        return amount <= limit
      case 'exists':
        return text !== ''
      case 'not_exists':
        return text === ''
    }
  }
  return (matched, budget) => test(valueOf[field](matched), budget)
}

const valueOf: Readonly<Record<Field, (matched: Matched) => string | number | null>> = {
  model: ({ record }) => record.model,
  provider: ({ record }) => record.provider,
  session_id: ({ record }) => record.sessionId,
  user_id: ({ record }) => record.externalUser,
  api_key_name: ({ keyName }) => keyName,
  finish_reason: ({ record }) => record.finishReason,
  input: ({ input }) => input,
  output: ({ output }) => output,
  total_cost: ({ record }) => usd(record.cost),
  total_tokens: ({ record }) => (record.promptTokens ?? 0) + (record.completionTokens ?? 0),
  prompt_tokens: ({ record }) => record.promptTokens,
  completion_tokens: ({ record }) => record.completionTokens,
}
