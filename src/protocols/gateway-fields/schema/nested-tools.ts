import { Type } from 'typebox'
import type { Issue } from '../../../canonical/errors.ts'
import { serverTools } from '../../../server-tools/_registry.ts'
import { arrayOf, isObject, objectOf } from '../../../util/json.ts'
import { oneOf } from '../../schema/describe-schema.ts'
import { compileValidator } from '../../schema/validate.ts'
import { serverToolTypes } from './server-tool.ts'

/** The checks of the tools' parameters, made at their first use. */
const validators = new Map<string, ReturnType<typeof compileValidator>>()

/** Checks the server tools of nested models, as those of the request itself are checked, and the tools that these have in turn. */
export function nestedToolIssues(tools: unknown, path: string): readonly Issue[] {
  return arrayOf(tools).flatMap((tool, index) => {
    if (!isObject(tool)) return []
    const here = `${path}[${index}]`
    const definition = serverTools.find(
      ({ type, aliases }) => type === tool['type'] || aliases.includes(String(tool['type'])),
    )
    if (definition === undefined) return [{ path: `${here}.type`, message: `must be ${oneOf(serverToolTypes)}` }]
    const parameters = objectOf(tool['parameters']) ?? {}
    let validate = validators.get(definition.type)
    if (validate === undefined) {
      validate = compileValidator(Type.Object(definition.parameters))
      validators.set(definition.type, validate)
    }
    const checked = validate(parameters)
    const issues = checked.ok ? (definition.check([parameters])[0] ?? []) : checked.issues
    return [
      ...issues.map((issue) => ({
        ...issue,
        path: [`${here}.parameters`, issue.path].filter((part) => part !== '').join('.'),
      })),
      ...nestedToolIssues(parameters['tools'], `${here}.parameters.tools`),
    ]
  })
}
