import { GatewayError } from '../../canonical/errors.ts'
import type { CallEvent } from '../../canonical/generation-event.ts'
import { toolCallId } from '../../util/ids.ts'
import { countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { reasoningFormat } from '../vendors/gemini-signature.ts'
import { mostToolCalls } from '../vendors/tool-call-log.ts'
import { callSignature } from './call-signature.ts'

/** Characters of arguments that may wait for a name. */
const mostWaiting = 1_000_000

interface OpenCall {
  readonly index: number
  readonly upstreamId: string | undefined
  /** As clients know it, once it has started. */
  id: string
  started: boolean
  /** Arguments that came before the name did. */
  waiting: string
  /** Whether any arguments were passed on. */
  argued: boolean
}

/**
 * Turns `tool_calls` of deltas and messages into events, one tracker a choice. Upstreams differ: ids may be missing, empty or
 * repeated, the index may be missing, several calls may come under one index, the name may come late.
 */
export class ToolCallTracker {
  readonly #choice: number
  readonly #providerName: string
  readonly #open = new Map<number, OpenCall>()
  readonly #ids = new Set<string>()
  #count = 0
  /** Characters of arguments that came before a name. */
  #waiting = 0

  constructor(choice: number, providerName: string) {
    this.#choice = choice
    this.#providerName = providerName
  }

  get called(): boolean {
    return this.#count > 0
  }

  /** @throws GatewayError when there are more calls, or more text without a name, than are remembered. */
  decode(value: unknown, position: number, events: CallEvent[]): void {
    if (!isObject(value)) return
    const upstreamIndex = countOf(value['index']) ?? position
    const id = stringOf(value['id']) || undefined
    const called = objectOf(value['function'])
    const name = stringOf(called?.['name']) || undefined
    const text = argumentsText(called?.['arguments'])

    let call = this.#open.get(upstreamIndex)
    const another = id !== undefined && name !== undefined && call?.upstreamId !== undefined && call.upstreamId !== id
    if (call === undefined || another) {
      if (call !== undefined) this.#close(call, events)
      if (this.#count === mostToolCalls) throw this.#failure(`more than ${mostToolCalls} tool calls`)
      call = { index: this.#count++, upstreamId: id, id: '', started: false, waiting: '', argued: false }
      this.#open.set(upstreamIndex, call)
    }
    if (!call.started) {
      if (name === undefined) {
        call.waiting += text
        this.#waiting += text.length
        if (this.#waiting > mostWaiting) throw this.#failure('a tool call without a name')
        return
      }
      call.started = true
      call.id = this.#unique(id ?? call.upstreamId)
      this.#sign(value, call.id, events)
      events.push({ type: 'tool-call-start', choice: this.#choice, index: call.index, id: call.id, name })
    } else this.#sign(value, call.id, events)
    const delta = call.waiting + text
    call.waiting = ''
    if (delta !== '') {
      call.argued = true
      events.push({ type: 'tool-call-delta', choice: this.#choice, index: call.index, arguments: delta })
    }
  }

  #failure(what: string): GatewayError {
    const providerName = this.#providerName
    return new GatewayError('provider_unavailable', `The provider sent ${what}.`, { providerName })
  }

  /** A signature belongs to the call, and goes back with it: clients keep it as an encrypted thought with the call's id. */
  #sign(value: JsonObject, id: string, events: CallEvent[]): void {
    const data = callSignature(value)
    if (data === undefined) return
    const detail = { type: 'encrypted', data, id, format: reasoningFormat } as const
    events.push({ type: 'reasoning-delta', choice: this.#choice, detail })
  }

  /** The choice is complete, and not cut. */
  end(events: CallEvent[]): void {
    for (const call of this.#open.values()) this.#close(call, events)
  }

  /** A call without arguments has an empty object of them: clients parse the text. */
  #close(call: OpenCall, events: CallEvent[]): void {
    if (!call.started || call.argued) return
    call.argued = true
    events.push({ type: 'tool-call-delta', choice: this.#choice, index: call.index, arguments: '{}' })
  }

  #unique(id: string | undefined): string {
    const free = id === undefined || this.#ids.has(id) ? toolCallId() : id
    this.#ids.add(free)
    return free
  }
}

/** JSON text; some upstreams send the object itself. */
function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return isObject(value) ? JSON.stringify(value) : ''
}
