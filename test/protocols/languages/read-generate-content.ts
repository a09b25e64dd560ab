import { type NeutralPart, type NeutralRequest, settled, textOf } from './neutral-request.ts'

const choices: Readonly<Record<string, 'auto' | 'none' | 'required'>> = { AUTO: 'auto', NONE: 'none', ANY: 'required' }
/** The value that Google documents for calls that no Gemini model made. It does not protect anything. */
const dummySignature = 'skip_thought_signature_validator'

/** Google's generateContent. https://ai.google.dev/api/generate-content */
export function readGenerateContent(body: object): NeutralRequest {
  const { systemInstruction, contents, generationConfig = {}, tools = [], toolConfig = {} } = Object(body)
  const { maxOutputTokens, temperature, stopSequences = [] } = generationConfig
  const { mode, allowedFunctionNames } = toolConfig.functionCallingConfig ?? {}
  return {
    system: (systemInstruction?.parts ?? [])
      .flatMap(readPart)
      .map((part: NeutralPart) => textOf([part]))
      .join('\n'),
    turns: settled(
      contents.map(({ role, parts }: { role: string; parts: readonly object[] }) => ({
        role: role === 'model' ? 'assistant' : role,
        parts: parts.flatMap((part, index) => readPart(part, countBefore(parts, index))),
      })),
    ),
    tools: tools
      .flatMap(({ functionDeclarations }: { functionDeclarations: readonly object[] }) => functionDeclarations)
      .map(({ name, description, parametersJsonSchema }: Record<string, unknown>) => ({
        name,
        description,
        parameters: parametersJsonSchema,
      })),
    choice: allowedFunctionNames === undefined ? choices[mode] : { name: allowedFunctionNames[0] },
    limit: maxOutputTokens,
    temperature,
    stop: stopSequences,
  }
}

const isCall = (part: object): boolean => 'functionCall' in part || 'functionResponse' in part
const countBefore = (parts: readonly object[], index: number): number => parts.slice(0, index).filter(isCall).length

/** Without ids, calls and results belong together by their order. */
function readPart(value: unknown, order: number): readonly NeutralPart[] {
  const { text, thought, inlineData, functionCall, functionResponse, thoughtSignature } = Object(value)
  const isSealed = thoughtSignature !== undefined && thoughtSignature !== dummySignature
  const seal: readonly NeutralPart[] = isSealed ? [{ type: 'thought', text: '', seal: thoughtSignature }] : []
  if (thought === true) return [{ type: 'thought', text }, ...seal]
  if (functionCall !== undefined) {
    const { id = `number ${order}`, name, args } = functionCall
    return [...seal, { type: 'call', id, name, arguments: args }]
  }
  if (functionResponse !== undefined) {
    const { id = `number ${order}`, response, parts = [] } = functionResponse
    const words: NeutralPart = { type: 'text', text: response.output }
    return [{ type: 'result', id, parts: [words, ...parts.flatMap((part: unknown) => readPart(part, 0))] }]
  }
  if (inlineData !== undefined) {
    return [...seal, { type: 'image', url: `data:${inlineData.mimeType};base64,${inlineData.data}` }]
  }
  return [...seal, { type: 'text', text }]
}
