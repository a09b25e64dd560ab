import { type GatewayError, shownMessage } from '../canonical/errors.ts'
import { ResultFold } from '../canonical/fold-result.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import type { GenerationBatch, GenerationStream } from '../canonical/generation-event.ts'
import type { GenerationRequest, Source } from '../canonical/generation-request.ts'
import type { Operation } from '../canonical/operation.ts'
import type { Choice, Part } from '../canonical/generation-result.ts'
import type { ContentRecord } from '../storage/stores/content-store.ts'

/** The most characters of one generation: of its input, and of its answer. What is longer is not collected. */
const mostCharacters = 1_000_000

/** The part of a request that is collected. */
interface CollectedRequest {
  readonly operation: Operation
  readonly source: Pick<Source, 'body' | 'bytes'>
  readonly context: Pick<GenerationRequest['context'], 'sessionId'>
}

/** A reader of the content of generations: the log of contents, or the broadcast. */
export interface ContentReader {
  /** Tells whether the content of a generation is wanted. */
  wants(context: GenerationContext, sessionId: string | undefined): boolean
  /** Takes the content of a generation that ended and is settled. */
  take(content: ContentRecord): void
  /** Notes that a content which was wanted is too long. Absent for a reader that has nothing to note. */
  tooLong?(): void
}

/** Returns the stream, or one that collects what passes. */
export type CollectContent = (
  stream: GenerationStream,
  request: CollectedRequest,
  context: GenerationContext,
) => GenerationStream

/**
 * Makes the function that collects the content of a generation, once for all readers that want it. Where none wants it, the stream is returned
 * as it is. Nested generations are not collected: the client neither asked for them nor saw them.
 */
export const collectContent =
  (readers: readonly ContentReader[]): CollectContent =>
  (stream, request, context) => {
    if (context.depth > 0) return stream
    const wanting = readers.filter((reader) => reader.wants(context, request.context.sessionId))
    return wanting.length === 0 ? stream : collected(wanting, stream, request, context)
  }

async function* collected(
  readers: readonly ContentReader[],
  stream: GenerationStream,
  { operation, source }: CollectedRequest,
  context: GenerationContext,
): GenerationStream {
  const input = inputOf(operation, source.body)
  const answer = new ResultFold()
  // A body has at least as many bytes as its texts have characters, so that most need not be counted.
  const mayBeLong = source.bytes === null || source.bytes > mostCharacters
  let room = mayBeLong && hasMoreCharacters(input, mostCharacters) ? 0 : mostCharacters
  try {
    for await (const batch of stream) {
      room -= charactersOf(batch)
      // Vectors and media are no text that anybody reads again.
      if (room > 0) answer.add(batch.some(isItem) ? batch.filter((event) => !isItem(event)) : batch)
      yield batch
    }
  } finally {
    const content = room > 0 ? recordOf(input, answer, context) : null
    for (const reader of readers) {
      if (content === null) reader.tooLong?.()
      else reader.take(content)
    }
  }
}

/** What the client sent, in its own words. */
type Input = { readonly messages: unknown } | { readonly prompt: unknown }

function inputOf(operation: Operation, body: Readonly<Record<string, unknown>>): Input {
  if (operation === 'rerank') return { prompt: { query: body['query'], documents: body['documents'] } }
  if (operation !== 'chat') return { prompt: body['prompt'] ?? body['input'] }
  if ('messages' in body) return { messages: withInstructions(body['system'], body['messages']) }
  const { input, instructions } = body
  return {
    messages: withInstructions(instructions, typeof input === 'string' ? [{ role: 'user', content: input }] : input),
  }
}

/** Messages and Responses have instructions beside the conversation. */
const withInstructions = (instructions: unknown, messages: unknown): unknown =>
  instructions && Array.isArray(messages) ? [{ role: 'system', content: instructions }, ...messages] : messages

/** Clients expect a prompt to be a text, so that a list of texts or tokens becomes JSON text. */
const writtenInput = (input: Input): string =>
  JSON.stringify('prompt' in input ? { prompt: textual(input.prompt) } : input)

function recordOf(input: Input, answer: ResultFold, context: GenerationContext): ContentRecord {
  const { choices } = answer.result()
  const toolCalls = choices.flatMap(({ parts }) => parts.flatMap(toolCallOf))
  return {
    generationId: context.id,
    account: context.principal.account,
    createdAt: context.createdAt,
    input: writtenInput(input),
    completion: joined(choices, textOf),
    reasoning: joined(choices, reasoningOf),
    toolCalls: toolCalls.length === 0 ? null : JSON.stringify(toolCalls),
    error: answer.error === undefined ? null : JSON.stringify(describeError(answer.error, context)),
  }
}

/** Joins the texts of the choices; null where there is none. */
function joined(choices: readonly Choice[], of: (part: Part) => string): string | null {
  const texts = choices.map(({ parts }) => parts.map(of).join('')).filter((text) => text !== '')
  return texts.length === 0 ? null : texts.join('\n\n')
}

const textOf = (part: Part): string => (part.type === 'text' || part.type === 'refusal' ? part.text : '')

function reasoningOf(part: Part): string {
  if (part.type !== 'reasoning') return ''
  const { detail } = part
  return detail.type === 'text' ? (detail.text ?? '') : detail.type === 'summary' ? detail.summary : ''
}

const toolCallOf = (part: Part): readonly object[] =>
  part.type === 'tool-call' ? [{ id: part.id, name: part.name, arguments: part.arguments }] : []

/** Describes a failure as the client saw it, with the calls that failed before it (contract §8.A). */
function describeError(error: GatewayError, { attempts }: GenerationContext): object {
  const { status, details } = error
  const failed = attempts.filter(({ errorKind }) => errorKind !== null)
  const before = details.providerName === undefined ? failed : failed.slice(0, -1)
  return {
    status,
    message: shownMessage(error),
    provider_name: details.providerName ?? null,
    raw: details.raw === undefined || status === 500 ? null : textual(details.raw),
    previous_errors: before.map((entry) => ({
      code: entry.status,
      message: entry.cause ?? entry.errorKind ?? '',
      provider_name: entry.providerName,
      raw: null,
    })),
  }
}

const textual = (raw: unknown): string => (typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? ''))

/** Counts the characters of a batch that are kept. */
function charactersOf(batch: GenerationBatch): number {
  let sum = 0
  for (const event of batch) {
    if (event.type === 'text-delta' || event.type === 'refusal-delta') sum += event.text.length
    else if (event.type === 'tool-call-delta') sum += event.arguments.length
    else if (event.type === 'image') sum += event.url.length
    else if (event.type === 'audio-delta') sum += event.data?.length ?? 0
    else if (event.type === 'reasoning-delta') sum += JSON.stringify(event.detail).length
  }
  return sum
}

/** Tells whether the texts in a value have more characters than that. It stops counting there: a body may have 64 MB. */
function hasMoreCharacters(value: unknown, most: number): boolean {
  let room = most
  const open: unknown[] = [value]
  while (open.length > 0 && room >= 0) {
    const next = open.pop()
    // Numbers and brackets count as a few characters each.
    room -= 4
    if (typeof next === 'string') room -= next.length
    else if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) open.push(inner)
  }
  return room < 0
}

const isItem = ({ type }: GenerationBatch[number]): boolean => type === 'item'
