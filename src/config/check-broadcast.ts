import { destinations } from '../telemetry/broadcast/_registry.ts'
import { headersFault } from '../telemetry/broadcast/destination.ts'
import { faultOf, type FilterRules } from '../telemetry/broadcast/filter-rules.ts'
import { arrayOf, isObject } from '../util/json.ts'
import { settingsOf } from './build-broadcast.ts'
import type { ConfigDocument } from './config-document.ts'
import { fileName } from './schema/broadcast-schema.ts'

const allSettings = new Set(destinations.flatMap(({ schema }) => Object.keys(schema.properties)))

/** Reports destinations that lack a setting of their type, or have one of another, names used twice, and rules that have no meaning. */
export function checkBroadcast(document: ConfigDocument): void {
  const file = document.value()
  const entries = isObject(file) ? arrayOf(file['broadcast']) : []
  const names = new Map<unknown, number>()
  for (const [index, entry] of entries.entries()) {
    if (!isObject(entry)) continue
    const { type, name, filter_rules: rules } = entry
    const same = names.get(name)
    if (same !== undefined) document.report(['broadcast', index, 'name'], `broadcast[${same}] has this name already.`)
    names.set(name, same ?? index)
    const destination = destinations.find((known) => known.type === type)
    if (destination !== undefined) checkSettings(document, index, destination, entry)
    if (!isRules(rules)) continue
    const fault = faultOf(rules)
    if (fault !== null) document.report(['broadcast', index, 'filter_rules'], `${fault.path} ${fault.message}.`)
  }
}

function checkSettings(
  document: ConfigDocument,
  index: number,
  { type, schema }: (typeof destinations)[number],
  entry: Readonly<Record<string, unknown>>,
): void {
  const own = Object.keys(schema.properties)
  for (const name of allSettings) {
    if (own.includes(name) || entry[fileName(name)] === undefined) continue
    document.report(['broadcast', index, fileName(name)], `is no setting of the type ${type}.`, 'key')
  }
  const given = settingsOf(type, entry)
  const fault = headersFault(given)
  if (fault !== null) document.report(['broadcast', index, ...fault.path.split('.')], `${fault.message}.`, 'key')
  for (const name of schema.required ?? []) {
    if (given[name] === undefined) {
      document.report(['broadcast', index], `lacks ${fileName(name)}, which the type ${type} needs.`, 'key')
    }
  }
}

/** Whether the schema has no objection: it reports what else is wrong. */
const isRules = (rules: unknown): rules is FilterRules =>
  isObject(rules) &&
  arrayOf(rules['groups']).every((group) => isObject(group) && arrayOf(group['rules']).every((rule) => isObject(rule)))
