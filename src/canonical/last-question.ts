import type { TextRequest } from './generation-request.ts'
import type { Message, UserMessage } from './message.ts'
import { withMessages } from './with-messages.ts'

/** Returns the text of the last message of the user, or of the first prompt; null where there is none. */
export function lastQuestion({ input }: TextRequest): string | null {
  if (input.type === 'prompts') return input.prompts.find((prompt) => typeof prompt === 'string') ?? null
  const text = textOf(input.messages.findLast(isUser))
  return text === '' ? null : text
}

/** Puts a text before the last message of the user, as an instruction, or before each prompt. */
export function beforeLastQuestion(request: TextRequest, text: string): TextRequest {
  if (request.operation === 'completions') {
    const prompts = request.input.prompts.map((prompt) =>
      typeof prompt === 'string' ? `${text}\n\n${prompt}` : prompt,
    )
    return { ...request, input: { ...request.input, prompts }, source: { ...request.source, bytes: null } }
  }
  const { messages } = request.input
  const place = messages.findLastIndex(isUser)
  const instruction: Message = { role: 'system', content: [{ type: 'text', text }] }
  return withMessages(request, messages.toSpliced(Math.max(0, place), 0, instruction))
}

const isUser = (message: Message): message is UserMessage => message.role === 'user'

const textOf = (message: UserMessage | undefined): string =>
  (message?.content ?? [])
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim()
