import { asArray, asInteger, asString, isObject, type JsonObject } from '../json.ts'
import { InvalidRequest } from '../parsed-request.ts'

const mostChoices = 128

/** Parses the fields that have the same names in both older OpenAI protocols. */
export function parseOpenaiFields(body: JsonObject) {
  const model = asString(body['model'])
  if (model === null || model === '') throw new InvalidRequest('"model" must be a string: the id of a model.')
  const choices = asInteger(body['n']) ?? 1
  if (choices < 1 || choices > mostChoices)
    throw new InvalidRequest(`"n" must be between 1 and ${mostChoices}, not ${choices}.`)
  return {
    model,
    choices,
    stream: body['stream'] === true,
    includeUsage: isObject(body['stream_options']) && body['stream_options']['include_usage'] === true,
    stop: stops(body['stop']),
    schema: schema(body['response_format']),
  }
}

function stops(stop: unknown): readonly string[] {
  const list: readonly unknown[] = typeof stop === 'string' ? [stop] : asArray(stop)
  return list.filter((text): text is string => typeof text === 'string' && text !== '')
}

function schema(format: unknown): JsonObject | null {
  if (!isObject(format)) return null
  if (format['type'] === 'json_object') {
    return { type: 'object', properties: { answer: { type: 'string' }, count: { type: 'integer' } } }
  }
  if (format['type'] !== 'json_schema') return null
  const named = isObject(format['json_schema']) ? format['json_schema'] : {}
  return isObject(named['schema']) ? named['schema'] : { type: 'object' }
}
