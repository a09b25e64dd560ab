import { arrayOf, type JsonObject, stringOf } from '../../util/json.ts'
import type { ReplyLog } from '../vendors/event-reply.ts'
import type { ToolCallLog } from '../vendors/tool-call-log.ts'
import { argumentsText } from '../vendors/tool-arguments.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { PartialArguments } from './partial-arguments.ts'

/** The receiver of the text of arguments: a call, or the answer. */
interface Target {
  add(text: string): void
  end(): void
}

/**
 * The `functionCall` parts of one answer. Mostly one part is one call; Vertex AI may stream a call: its name, pieces of its
 * arguments, and a part without anything at the end.
 */
export class CallDecoder {
  readonly #log: ReplyLog
  readonly #calls: ToolCallLog
  readonly #names: ToolNames
  readonly #answerTool: string | undefined
  #streamed: { readonly target: Target; readonly partial: PartialArguments } | null = null

  /** @param answerTool The tool whose arguments are the answer. */
  constructor(log: ReplyLog, calls: ToolCallLog, names: ToolNames, answerTool: string | undefined) {
    this.#log = log
    this.#calls = calls
    this.#names = names
    this.#answerTool = answerTool
  }

  /** @param sign Told the id of a call that begins here, before it is written down. */
  decode(part: JsonObject, sign: (id: string) => void): void {
    const name = stringOf(part['name'])
    if (name) {
      this.end()
      const target = this.#target(part, name, sign)
      if (part['willContinue'] !== true) {
        target.add(argumentsText(part['args']) || '{}')
        return target.end()
      }
      this.#streamed = { target, partial: new PartialArguments() }
    }
    if (this.#streamed === null) return
    const { target, partial } = this.#streamed
    for (const piece of arrayOf(part['partialArgs'])) target.add(partial.add(piece))
    if (part['willContinue'] !== true) this.end()
  }

  /** Ends the call that is streamed at the moment, if there is one. */
  end(): void {
    if (this.#streamed === null) return
    const { target, partial } = this.#streamed
    target.add(partial.end())
    target.end()
    this.#streamed = null
  }

  #target(part: JsonObject, name: string, sign: (id: string) => void): Target {
    if (name !== this.#answerTool)
      return this.#calls.begin(stringOf(part['id']), this.#names.fromWire(name), { before: sign })
    return {
      add: (text) => {
        if (text !== '') this.#log.push({ type: 'text-delta', choice: 0, text })
      },
      end() {},
    }
  }
}
