import type { Parameters, ResponseFormat } from './generation-request.ts'

/** A response format that asks for JSON. */
export type JsonFormat = Extract<ResponseFormat, { type: 'json_object' | 'json_schema' }>

/** Returns the JSON format that was asked for; null where there is none. */
export function jsonFormatOf({ responseFormat }: Parameters): JsonFormat | null {
  return responseFormat?.type === 'json_object' || responseFormat?.type === 'json_schema' ? responseFormat : null
}

/** Returns what a format wants at the top. Other schemas than those of objects may want anything. */
export const wantedJson = (format: JsonFormat): 'object' | 'any' =>
  format.type === 'json_object' || format.schema?.['type'] === 'object' ? 'object' : 'any'
