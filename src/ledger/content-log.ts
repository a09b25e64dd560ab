import { errorTable, type GatewayError } from '../canonical/errors.ts'
import { ResultFold } from '../canonical/fold-result.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import type { GenerationBatch, GenerationStream } from '../canonical/generation-event.ts'
import type { Operation } from '../canonical/operation.ts'
import type { Source } from '../canonical/generation-request.ts'
import type { Choice, Part } from '../canonical/generation-result.ts'
import type { ContentRecord, ContentStore } from '../storage/stores/content-store.ts'
import { sleep } from '../util/sleep.ts'

/** The most characters of one generation: of its input, and of its answer. What is longer is not kept. */
const mostCharacters = 1_000_000
/** The most characters that wait for the database. */
const mostWaiting = 16_000_000
const mostPerWrite = 20
const reportEveryMs = 10_000
const closeLimitMs = 2_000

/** The part of a request that is kept. */
interface LoggedRequest {
  readonly operation: Operation
  readonly source: Pick<Source, 'body'>
}

/** The names of the accounts whose contents are kept. They are looked up for each request, because they may change. */
type Accounts = Pick<ReadonlySet<string>, 'has'>

/** Why a content is not kept. */
type Lack = 'it is too long' | 'the database does not keep up' | 'the database refused it'

/**
 * Keeps what is said in generations, for the accounts that want it. It is written in the background; where that fails, or too much waits,
 * it is dropped and counted, since no request waits for it.
 */
export class ContentLog {
  readonly #accounts: Accounts
  readonly #store: Pick<ContentStore, 'write'>
  readonly #onError: (error: Error) => void
  #waiting: ContentRecord[] = []
  #waitingCharacters = 0
  #writing: Promise<void> | null = null
  readonly #dropped = new Map<Lack, number>()
  #report: NodeJS.Timeout | null = null

  constructor(dependencies: {
    readonly accounts: Accounts
    readonly store: Pick<ContentStore, 'write'>
    readonly onError: (error: Error) => void
  }) {
    this.#accounts = dependencies.accounts
    this.#store = dependencies.store
    this.#onError = dependencies.onError
  }

  /** Whether the contents of the generations of an account are kept. */
  isOn(account: string): boolean {
    return this.#accounts.has(account)
  }

  /** Returns the stream, or one that keeps what passes. Nested generations are not kept: the client neither asked nor saw them. */
  around(stream: GenerationStream, request: LoggedRequest, context: GenerationContext): GenerationStream {
    return context.depth > 0 || !this.isOn(context.principal.account) ? stream : this.#kept(stream, request, context)
  }

  async *#kept(
    stream: GenerationStream,
    { operation, source }: LoggedRequest,
    context: GenerationContext,
  ): GenerationStream {
    const input = inputOf(operation, source.body)
    const answer = new ResultFold()
    let room = hasMoreCharacters(input, mostCharacters) ? 0 : mostCharacters
    try {
      for await (const batch of stream) {
        room -= charactersOf(batch)
        // Vectors and media are no text that anybody reads again.
        if (room > 0) answer.add(batch.filter(({ type }) => type !== 'item'))
        yield batch
      }
    } finally {
      if (room > 0) this.#keep(recordOf(input, answer, context))
      else this.#drop('it is too long', 1)
    }
  }

  /** The number of contents that are not in the database yet. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Writes what waits, for up to two seconds. */
  async close(): Promise<void> {
    const limit = new AbortController()
    await Promise.race([this.#writing, sleep(closeLimitMs, limit.signal)])
    limit.abort()
    if (this.#waiting.length > 0) this.#drop('the database does not keep up', this.#waiting.length)
    this.#waiting = []
    this.#tell()
  }

  #keep(content: ContentRecord): void {
    const size = sizeOf(content)
    if (this.#waitingCharacters + size > mostWaiting) return this.#drop('the database does not keep up', 1)
    this.#waiting.push(content)
    this.#waitingCharacters += size
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const contents = this.#waiting.splice(0, mostPerWrite)
      try {
        await this.#store.write(contents)
      } catch {
        this.#drop('the database refused it', contents.length)
      }
      for (const content of contents) this.#waitingCharacters -= sizeOf(content)
    }
  }

  /** Counts contents that are not kept. The log tells so every ten seconds at most. */
  #drop(lack: Lack, count: number): void {
    this.#dropped.set(lack, (this.#dropped.get(lack) ?? 0) + count)
    this.#report ??= setTimeout(() => this.#tell(), reportEveryMs).unref()
  }

  #tell(): void {
    if (this.#report !== null) clearTimeout(this.#report)
    this.#report = null
    for (const [lack, count] of this.#dropped) {
      this.#onError(
        new Error(`The content of ${count} ${count === 1 ? 'generation' : 'generations'} is not kept: ${lack}.`),
      )
    }
    this.#dropped.clear()
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
    message: status === 500 ? errorTable.server.message : error.message,
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

const sizeOf = ({ input, completion, reasoning, toolCalls, error }: ContentRecord): number =>
  [input, completion, reasoning, toolCalls, error].reduce((sum, text) => sum + (text?.length ?? 0), 0)

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
