import { GatewayError } from '../../canonical/errors.ts'
import type { CallEvent } from '../../canonical/generation-event.ts'
import { toolCallId } from '../../util/ids.ts'
import { countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { reasoningFormat } from '../vendors/gemini-signature.ts'
import { argumentsText, ToolArguments } from '../vendors/tool-arguments.ts'
import { mostToolCalls } from '../vendors/tool-call-log.ts'
import { callSignature } from './call-signature.ts'

interface OpenCall {
  /** The index under which it began. */
  readonly slot: number
  upstreamId: string | undefined
  name: string | undefined
  /** Whether the call began with only a repeated name, which may be no more than a repetition. */
  readonly isUnsure: boolean
  readonly arguments: ToolArguments
  /** Arguments that came before the call could start. */
  waiting: string
  signature: string | undefined
  /** As clients know it. */
  started: { readonly index: number; readonly id: string } | null
}

/** Characters of arguments that may wait for a name, and calls that may wait to start. */
const mostNameless = 1_000_000
const mostUnstarted = 1_000

/** What one entry of `tool_calls` says. */
interface Piece {
  readonly index: number | undefined
  readonly position: number
  readonly id: string | undefined
  readonly name: string | undefined
  readonly text: string
}

/**
 * Turns `tool_calls` of deltas and messages into events. Each choice has its own tracker. A call is found by its id, then by its index,
 * then by its place in the list. Upstreams differ: ids may be missing, be used twice or come late, several calls may come under one index,
 * the arguments before the name, or under an index with which no call began.
 */
export class ToolCallTracker {
  readonly #choice: number
  readonly #providerName: string
  /** In the order in which they began. */
  readonly #calls: OpenCall[] = []
  /** Those of them that no client knows of yet. */
  #unstarted: OpenCall[] = []
  /** The youngest call under each index. */
  readonly #slots = new Map<number, OpenCall>()
  /** The youngest call with each id of the upstream's. */
  readonly #byId = new Map<string, OpenCall>()
  readonly #ids = new Set<string>()
  #count = 0
  /** Characters of arguments that came before a name. */
  #nameless = 0

  constructor(choice: number, providerName: string) {
    this.#choice = choice
    this.#providerName = providerName
  }

  get called(): boolean {
    return this.#count > 0
  }

  /** @throws GatewayError when there are more calls, or more without a name, than are remembered. */
  decode(value: unknown, position: number, events: CallEvent[]): void {
    if (!isObject(value)) return
    const piece = pieceOf(value, position)
    this.#add(this.#find(piece), piece, value, events)
  }

  /** Decodes all calls of a whole message. Calls that came in pieces before are found by their ids, or by their places in the list. */
  decodeWhole(values: readonly unknown[], events: CallEvent[]): void {
    const before = [...this.#calls]
    const byId = new Map(before.map((call) => [call.upstreamId, call]))
    for (const [position, value] of values.entries()) {
      const piece = isObject(value) ? pieceOf(value, position) : null
      if (!isObject(value) || piece === null || (piece.name === undefined && piece.text === '')) continue
      const known = piece.id === undefined ? undefined : byId.get(piece.id)
      this.#add(known ?? before[position] ?? this.#open(piece), piece, value, events)
    }
  }

  /**
   * Ends the choice.
   * @param isCut Whether the end of the arguments may be missing.
   */
  end(isCut: boolean, events: CallEvent[]): void {
    for (const call of this.#calls) if (call.name === undefined) this.#giveAway(call)
    for (const call of this.#calls) {
      if (call.name === undefined || !isMeant(call)) continue
      call.waiting += call.arguments.end(isCut)
      this.#start(call, call.name, events)
      this.#tell(call, events)
    }
  }

  #add(call: OpenCall, piece: Piece, value: JsonObject, events: CallEvent[]): void {
    call.name ??= piece.name
    call.upstreamId ??= piece.id
    if (piece.id !== undefined) this.#byId.set(piece.id, call)
    call.signature = callSignature(value) ?? call.signature
    call.waiting += call.arguments.add(piece.text)
    if (call.name === undefined && (this.#nameless += piece.text.length) > mostNameless) {
      throw this.#failure('a tool call without a name')
    }
    // Without an id the start waits for the arguments: the id may come before them.
    const isKnown = call.upstreamId !== undefined || call.waiting !== ''
    if (call.name !== undefined && isKnown && call.started === null) this.#startUpTo(call, events)
    this.#tell(call, events)
  }

  #find(piece: Piece): OpenCall {
    const there = this.#slots.get(piece.index ?? piece.position)
    const known = piece.id === undefined ? undefined : this.#byId.get(piece.id)
    if (known !== undefined) {
      const call = there?.upstreamId === piece.id && there !== undefined ? there : known
      return usesIdAgain(call, piece) ? this.#open(piece) : call
    }
    if (piece.id !== undefined) return there !== undefined && takesId(there, piece) ? there : this.#open(piece)
    if (piece.name !== undefined) return there !== undefined && takesName(there, piece) ? there : this.#open(piece)
    return this.#findHeadless(there, piece)
  }

  /** Finds the call of arguments that come without id and name. */
  #findHeadless(there: OpenCall | undefined, piece: Piece): OpenCall {
    const youngest = this.#calls.at(-1)
    if (there !== undefined) {
      const isTheirs = !there.arguments.complete || youngest === undefined || youngest.arguments.complete
      return isTheirs || piece.text === '' || there.arguments.equal(piece.text) ? there : youngest
    }
    // No call began with this index: the arguments can only belong to the call that has none, or to one whose name is still to come.
    if (youngest === undefined || youngest.arguments.begun || youngest.arguments.whole) return this.#open(piece)
    this.#slots.set(piece.index ?? piece.position, youngest)
    return youngest
  }

  #open({ index, position, id, name, text }: Piece): OpenCall {
    if (this.#calls.length === mostToolCalls) throw this.#failure(`more than ${mostToolCalls} tool calls`)
    const slot = index ?? position
    const before = this.#slots.get(slot)
    // Removes a call that was only a repeated name and that can get no arguments any more.
    if (before?.isUnsure === true && !isMeant(before)) this.#unstarted = this.#unstarted.filter((one) => one !== before)
    const call: OpenCall = {
      slot,
      upstreamId: id,
      name,
      isUnsure: id === undefined && name !== undefined && text === '' && before?.name === name,
      arguments: new ToolArguments(),
      waiting: '',
      signature: undefined,
      started: null,
    }
    this.#calls.push(call)
    this.#unstarted.push(call)
    if (this.#unstarted.length > mostUnstarted) throw this.#failure('tool calls without names')
    this.#slots.set(slot, call)
    return call
  }

  /** Calls start in the order in which they began. */
  #startUpTo(call: OpenCall, events: CallEvent[]): void {
    const end = this.#unstarted.indexOf(call) + 1
    const earlier = this.#unstarted.slice(0, end)
    for (const one of earlier) if (one.name !== undefined && isMeant(one)) this.#start(one, one.name, events)
    this.#unstarted = [...earlier.filter(({ started }) => started === null), ...this.#unstarted.slice(end)]
  }

  #start(call: OpenCall, name: string, events: CallEvent[]): void {
    if (call.started !== null) return
    const { upstreamId } = call
    const id = upstreamId === undefined || this.#ids.has(upstreamId) ? toolCallId() : upstreamId
    this.#ids.add(id)
    call.started = { index: this.#count++, id }
    this.#sign(call, events)
    events.push({ type: 'tool-call-start', choice: this.#choice, index: call.started.index, id, name })
  }

  #tell(call: OpenCall, events: CallEvent[]): void {
    if (call.started === null) return
    this.#sign(call, events)
    if (call.waiting === '') return
    const { index } = call.started
    events.push({ type: 'tool-call-delta', choice: this.#choice, index, arguments: call.waiting })
    call.waiting = ''
  }

  /** Passes on the signature of a call, which is sent back with it: clients keep it as an encrypted thought with the call's id. */
  #sign(call: OpenCall, events: CallEvent[]): void {
    const { signature: data, started } = call
    if (data === undefined || started === null) return
    call.signature = undefined
    const detail = { type: 'encrypted', data, id: started.id, format: reasoningFormat } as const
    events.push({ type: 'reasoning-delta', choice: this.#choice, detail })
  }

  #failure(what: string): GatewayError {
    const providerName = this.#providerName
    return new GatewayError('provider_unavailable', `The provider sent ${what}.`, { providerName })
  }

  /** Gives arguments whose name never came to the call that has none. */
  #giveAway(call: OpenCall): void {
    const named = this.#calls.filter((other) => other.name !== undefined)
    const owner =
      named.findLast((other) => !other.arguments.begun) ?? named.findLast((other) => !other.arguments.complete)
    if (owner === undefined) return
    owner.waiting += owner.arguments.add(call.waiting + call.arguments.end(true))
  }
}

function pieceOf(value: JsonObject, position: number): Piece {
  const called = objectOf(value['function'])
  return {
    index: countOf(value['index']),
    position,
    id: stringOf(value['id']) || undefined,
    name: stringOf(called?.['name']) || undefined,
    text: argumentsText(called?.['arguments']),
  }
}

/** Tells whether a call is real: a name that was only repeated is not. */
const isMeant = (call: OpenCall): boolean => !call.isUnsure || call.arguments.begun || call.arguments.whole

/** Whether a piece with the id of a known call begins another all the same. */
function usesIdAgain(call: OpenCall, { index, name, text }: Piece): boolean {
  if (name === undefined || call.name === undefined) return false
  if (name !== call.name) return true
  if (call.arguments.complete && parsesAlone(text) && !call.arguments.equal(text)) return true
  if (index === undefined || index === call.slot) return false
  return call.arguments.begun || call.arguments.whole ? text === '' || text.trimStart().startsWith('{') : text === ''
}

/** Whether a new id is that of the call under its index. */
function takesId(there: OpenCall, { name, text }: Piece): boolean {
  if (there.upstreamId === undefined && (there.name === undefined || name === undefined)) return true
  if (name === undefined) return !there.arguments.complete
  return there.upstreamId === undefined && there.name === name && !there.arguments.begun && text !== ''
}

/** Whether a name without an id is that of the call under its index: some repeat it in every piece. */
const takesName = (there: OpenCall, { name }: Piece): boolean =>
  there.name === undefined || (there.name === name && (there.upstreamId !== undefined || !there.arguments.whole))

const parsesAlone = (text: string): boolean => {
  const alone = new ToolArguments()
  alone.add(text)
  return alone.complete
}
