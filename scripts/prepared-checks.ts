import type { TSchema } from 'typebox'
import { Build } from 'typebox/schema'
import { ChatCompletionsRequestSchema } from '../src/protocols/chat-completions/schema/request.ts'
import { CompletionsRequestSchema } from '../src/protocols/completions/schema/request.ts'

/** The requests that nearly every start is followed by. A schema that is not here is compiled at its first use. */
export const preparedSchemas: Readonly<Record<string, TSchema>> = {
  ChatCompletionsRequest: ChatCompletionsRequestSchema,
  CompletionsRequest: CompletionsRequestSchema,
}

/** Prints the module that a build has in place of `src/protocols/schema/prepared-checks.ts`. */
export function printPreparedChecks(): string {
  const checks = Object.entries(preparedSchemas).map(([title, schema]) => `  ${title}: ${printCheck(schema)},\n`)
  return `import { Guard } from 'typebox/guard'\n\nexport const preparedChecks = {\n${checks.join('')}}\n`
}

/** Prints the code that TypeBox would compile, with the values to which it refers. */
function printCheck(schema: TSchema): string {
  const build = Build(schema)
  const { identifier, variables } = build.External()
  return `((${identifier}) => { ${build.Evaluate().Code()} })([${variables.map(printVariable).join(', ')}])`
}

/** Prints a pattern, or a rule that TypeBox calls. A rule may refer to nothing outside itself, since only its own text is printed. */
function printVariable(variable: unknown): string {
  if (variable instanceof RegExp) return String(variable)
  const check: unknown = Object(variable).check
  if (typeof check === 'function') return `{ check: ${check.toString()} }`
  throw new Error(`A schema refers to ${String(variable)}, which cannot be printed.`)
}
