import type { VendorItem } from '../../canonical/content-part.ts'
import { toolCallId } from '../../util/ids.ts'
import type { ReplyLog } from './event-reply.ts'
import { ToolArguments } from './tool-arguments.ts'

/** Of one answer: what is known of each is kept to its end. */
export const mostToolCalls = 65_536

/** The tool calls of one answer, written down as they come. Upstreams leave ids out or use one twice: clients need each once. */
export class ToolCallLog {
  readonly #log: ReplyLog
  readonly #ids = new Set<string>()
  #count = 0

  constructor(log: ReplyLog) {
    this.#log = log
  }

  get called(): boolean {
    return this.#count > 0
  }

  /**
   * @param before Told the id, for what has to stand before the call.
   * @param original What else the upstream's language says of it.
   */
  begin(
    upstreamId: string | undefined,
    name: string,
    { before, original }: { readonly before?: (id: string) => void; readonly original?: VendorItem } = {},
  ): OpenToolCall {
    if (this.#count === mostToolCalls) this.#log.fail(`The provider sent more than ${mostToolCalls} tool calls.`)
    const id = upstreamId && !this.#ids.has(upstreamId) ? upstreamId : toolCallId()
    this.#ids.add(id)
    before?.(id)
    const index = this.#count++
    this.#log.push({ type: 'tool-call-start', choice: 0, index, id, name, ...(original && { original }) })
    return new OpenToolCall(this.#log, index)
  }
}

export class OpenToolCall {
  readonly #log: ReplyLog
  readonly #index: number
  readonly #arguments = new ToolArguments()

  constructor(log: ReplyLog, index: number) {
    this.#log = log
    this.#index = index
  }

  add(text: string): void {
    this.#push(this.#arguments.add(text))
  }

  /** @param whole The arguments in full, where the upstream says them again. */
  end(whole = ''): void {
    this.add(whole)
    this.#push(this.#arguments.end())
  }

  #push(text: string): void {
    if (text !== '') this.#log.push({ type: 'tool-call-delta', choice: 0, index: this.#index, arguments: text })
  }
}
