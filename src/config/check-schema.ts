import type { TLocalizedValidationError } from 'typebox/error'
import { Settings } from 'typebox/system'
import { Check, Errors } from 'typebox/schema'
import type { ConfigDocument } from './config-document.ts'
import { explainBadName, explainError, explainUnknownKey, type Keywords } from './explain-error.ts'
import { parsePointer, type Path, valueAt } from './path.ts'
import { type ConfigFile, configSchema } from './schema/config-schema.ts'

/** Returns the file, if it is as the schema wants it. Otherwise reports every difference, and returns null. */
export function checkSchema(document: ConfigDocument): ConfigFile | null {
  const value = document.value()
  if (Check(configSchema, value)) return value
  const errors = relevant(allErrors(value))
  // Variables hold text. Where the schema wants a number or a boolean, the text is parsed, and everything is checked again.
  const reread = errors
    .filter((error) => error.keyword === 'type' || error.keyword === 'anyOf')
    .filter((error) => document.reinterpret(parsePointer(error.instancePath, value)))
  if (reread.length > 0) return checkSchema(document)
  for (const error of errors) reportError(error, value, document)
  return null
}

function reportError(error: TLocalizedValidationError, value: unknown, document: ConfigDocument): void {
  const path = parsePointer(error.instancePath, value)
  const schema = keywordsAt(error.schemaPath)
  switch (error.keyword) {
    case 'additionalProperties':
      for (const key of error.params.additionalProperties) {
        document.report([...path, key], explainUnknownKey(key, schema), 'key')
      }
      return
    case 'required':
      for (const key of error.params.requiredProperties) document.report(path, `lacks the key "${key}".`)
      return
    case 'propertyNames':
      for (const key of error.params.propertyNames) document.report([...path, key], explainBadName(schema), 'key')
      return
    default:
      document.report(path, explainError(error, schema, valueAt(path, value)) + unitOf(path, error.keyword))
  }
}

/** Says what a time limit is counted in, where something else than a number is given, such as `10m`. */
function unitOf(path: Path, keyword: string): string {
  const isTime = keyword === 'type' && String(path.at(-1)).endsWith('_ms')
  return isTime ? ' It is in milliseconds: 600000 is ten minutes.' : ''
}

/** TypeBox stops after eight errors by default, and one union can produce several of them. */
function allErrors(value: unknown): readonly TLocalizedValidationError[] {
  const { maxErrors } = Settings.Get()
  Settings.Set({ maxErrors: 10_000 })
  try {
    return Errors(configSchema, value)[1]
  } finally {
    Settings.Set({ maxErrors })
  }
}

/**
 * Removes errors that another error describes better: the value of an unknown key and the pattern of an invalid name. Of a union it keeps
 * either the error of each member or, where the value is a map like one of them, the summary.
 */
function relevant(errors: readonly TLocalizedValidationError[]): readonly TLocalizedValidationError[] {
  const dropped = new Set<TLocalizedValidationError>()
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const inside = errors.filter((error) => isInside(error, union))
    const refusals = inside.filter(
      ({ instancePath, keyword }) => instancePath === union.instancePath && keyword !== 'additionalProperties',
    )
    for (const refusal of refusals) dropped.add(refusal)
    if (inside.length > refusals.length) dropped.add(union)
  }
  return errors.filter(
    (error) => !dropped.has(error) && error.keyword !== 'boolean' && !error.schemaPath.endsWith('/propertyNames'),
  )
}

function isInside(error: TLocalizedValidationError, union: TLocalizedValidationError): boolean {
  return (
    error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`) &&
    `${error.instancePath}/`.startsWith(`${union.instancePath}/`)
  )
}

/** Returns the part of the schema that an error's path names. No key of the configuration contains a slash. */
function keywordsAt(schemaPath: string): Keywords {
  let keywords: unknown = configSchema
  for (const part of schemaPath.split('/').slice(1)) keywords = valueAt([part], keywords)
  return { ...Object(keywords) }
}
