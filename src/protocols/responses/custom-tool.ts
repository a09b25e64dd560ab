import type { FunctionTool } from '../../canonical/tool.ts'
import { type JsonObject, objectOf, parseJson, stringOf } from '../../util/json.ts'

/**
 * Makes a function from a tool whose input is free text: in all other protocols such a tool is a function with one argument, `input`. Its
 * arguments are this object, whatever the upstream's protocol.
 */
export function customTool(tool: {
  readonly name: string
  readonly description?: string | null
  readonly format?: JsonObject | null
}): FunctionTool {
  const { name, format } = tool
  const grammar = stringOf(format?.['definition'])
  const description =
    grammar === undefined
      ? 'The input, as plain text.'
      : `The input, as plain text that follows this grammar:\n${grammar}`
  return {
    type: 'function',
    name,
    description: tool.description ?? undefined,
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', description } },
      required: ['input'],
      additionalProperties: false,
    },
    custom: format ?? {},
  }
}

export const argumentsOfInput = (input: string): string => JSON.stringify({ input })

/** The text of the arguments before and after the input, for inputs that come in pieces. */
export const aroundInput = { before: '{"input":"', after: '"}' }

/** Escapes a piece of an input as a piece of the arguments. */
export const escapedInput = (piece: string): string => JSON.stringify(piece).slice(1, -1)

/** Returns the input that is in the arguments. Where the model wrote anything else, its text is the input as it is. */
export const inputOfArguments = (text: string): string => stringOf(objectOf(parseJson(text))?.['input']) ?? text
