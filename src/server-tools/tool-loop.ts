import { CitationFinder } from '../canonical/cite-sources.ts'
import { GatewayError } from '../canonical/errors.ts'
import type { FeatureContext } from '../canonical/feature-context.ts'
import {
  type AnswerEvent,
  errorEvent,
  goesOn,
  isAnswer,
  type TurnEvent,
  type TurnStream,
} from '../canonical/generation-event.ts'
import type { ChatRequest } from '../canonical/generation-request.ts'
import type { ToolMessage } from '../canonical/message.ts'
import type { Turn } from '../canonical/turn.ts'
import type { Usage } from '../canonical/usage.ts'
import { withMessages } from '../canonical/with-messages.ts'
import { afterFirstTurn, type NamedTools, openTools, withToolsOff } from './loop/open-tools.ts'
import { recallRuns } from './loop/recall.ts'
import { runCall, type ServerToolCall } from './loop/run-calls.ts'
import { type LoopProgress, mostToolCalls, mustStop } from './loop/stop-conditions.ts'
import { TurnView } from './loop/turn-view.ts'
import type { ServerTool, ToolOutcome } from './server-tool.ts'

export { hasServerTools } from './loop/open-tools.ts'

/** The server tools of a gateway, by their types and aliases. */
export type ServerToolRegistry = ReadonlyMap<string, ServerTool>

/**
 * Takes one turn after the other: a call of a server tool is run, its result is appended to the conversation, and the model is asked again.
 * A turn that calls functions of the client ends the loop, and these calls are handed back; so does a turn without calls. When the number
 * of calls or a stop condition is reached, the pending calls are run and one last turn is taken with the tools off, so that the answer ends
 * in text (contract §1.4).
 *
 * @throws GatewayError 400, before the first turn, for a tool that cannot run as configured.
 */
export function toolLoop(
  asked: ChatRequest,
  registry: ServerToolRegistry,
  context: FeatureContext,
  turn: Turn,
): TurnStream {
  const { request, tools } = openTools(asked, registry, context)
  return new ToolLoop(recallRuns(request, tools), tools, context, turn).run()
}

class ToolLoop {
  readonly #tools: NamedTools
  readonly #context: FeatureContext
  readonly #turn: Turn
  readonly #citations = new CitationFinder()
  readonly #called = new Set<string>()
  readonly #finishes = new Set<string>()
  readonly #types: ReadonlySet<string>
  #request: ChatRequest
  #steps = 0
  #textLength = 0
  #usage: Usage = {}

  constructor(request: ChatRequest, tools: NamedTools, context: FeatureContext, turn: Turn) {
    this.#request = request
    this.#tools = tools
    this.#types = new Set([...tools.values()].map(({ type }) => type))
    this.#context = context
    this.#turn = turn
  }

  async *run(): TurnStream {
    for (let number = 0, isLast = false; ; number++) {
      const view = new TurnView(this.#tools, this.#citations, number === 0, this.#textLength, this.#usage)
      let end: Exclude<TurnEvent, AnswerEvent> | undefined
      for await (const batch of this.#turn(this.#request, this.#context.generation)) {
        const shown = view.pass(batch.filter(isAnswer))
        if (shown.length > 0) yield shown
        if (!goesOn(batch)) end = batch.find((event) => !isAnswer(event))
      }
      if (end === undefined || end.type === 'error') {
        this.#noteStage()
        if (end !== undefined) yield [end]
        return
      }
      this.#textLength += view.length
      this.#usage = view.usage
      this.#note(view)
      const { ours, theirs } = view.calls()
      if (isLast || ours.length === 0) {
        yield this.#ending(view, theirs.length > 0, end)
        return
      }
      this.#context.generation.toolCalls.requested += ours.length
      const results: ToolMessage[] = []
      const beside = theirs[0]?.id
      yield ours.map(({ id, type: tool, name, arguments: given }) => {
        const call = { id, tool, name, arguments: given, turn: number, ...(beside !== undefined && { beside }) }
        return { type: 'server-tool-call', choice: 0, ...call } as const
      })
      const running = this.#start(ours)
      try {
        for (const { id, type, outcome } of running) {
          const { events, message } = this.#finished(id, type, await outcome)
          results.push(message)
          yield events
        }
      } finally {
        // A reader that leaves does not end the request before its tools, or what they spent would not be billed.
        await Promise.all(running.map(({ outcome }) => outcome))
      }
      if (this.#context.generation.signal.aborted) {
        yield [errorEvent(new GatewayError('timeout', 'The request was cancelled.'), 'never')]
        return
      }
      if (theirs.length > 0) {
        yield this.#ending(view, true, end)
        return
      }
      this.#append(view, results)
      isLast = mustStop(this.#request.toolLoop ?? {}, this.#progress(), this.#context.generation)
      this.#request = isLast ? withToolsOff(this.#request) : afterFirstTurn(this.#request)
    }
  }

  /** Starts the calls side by side. Calls beyond the most of all are refused, however many the model makes in one turn. */
  #start(calls: readonly ServerToolCall[]) {
    const left = mostToolCalls - this.#steps
    return calls.map((call, index) => {
      const { id, type } = call
      if (index >= left) return { id, type, outcome: Promise.resolve(tooMany) }
      return { id, type, outcome: this.#run(call) }
    })
  }

  async #run(call: ServerToolCall): Promise<ToolOutcome> {
    const { generation, clock } = this.#context
    const startedAt = clock.monotonic()
    const outcome = await runCall(call, this.#request, generation, () => clock.monotonic())
    const failed = outcome.status === 'failed'
    generation.noteStep({ type: 'tool', name: call.type, startedAt, endedAt: clock.monotonic(), failed })
    return outcome
  }

  #finished(id: string, tool: string, outcome: ToolOutcome) {
    if (outcome !== tooMany) {
      this.#steps++
      this.#context.generation.toolCalls.executed++
    }
    this.#citations.addSources(outcome.sources ?? [])
    const result = JSON.stringify(outcome.result)
    const events: readonly AnswerEvent[] = [
      { type: 'server-tool-result', choice: 0, id, tool, status: outcome.status, result },
      ...(outcome.images ?? []).map((url) => ({ type: 'image', choice: 0, url }) as const),
    ]
    const message: ToolMessage = { role: 'tool', toolCallId: id, content: [{ type: 'text', text: result }] }
    return { events, message }
  }

  #append(view: TurnView, results: readonly ToolMessage[]): void {
    this.#request = withMessages(this.#request, [...this.#request.input.messages, view.message(), ...results])
  }

  #note(view: TurnView): void {
    const { ours, theirs } = view.calls()
    for (const { name, type } of ours) this.#called.add(name).add(type)
    for (const { name } of theirs) this.#called.add(name)
    const { reason, native } = view.finish ?? {}
    if (reason !== undefined) this.#finishes.add(reason)
    if (native !== undefined && native !== null) this.#finishes.add(native)
  }

  #progress(): LoopProgress {
    return { steps: this.#steps, called: this.#called, finishes: this.#finishes }
  }

  /** Returns the last batch. The finish is `tool_calls` only where the client has calls to answer. */
  #ending(view: TurnView, hasCalls: boolean, end: Exclude<TurnEvent, AnswerEvent>): readonly TurnEvent[] {
    this.#noteStage()
    const { finish } = view
    const reason = finish?.reason === 'tool_calls' && !hasCalls ? 'stop' : finish?.reason
    return [
      ...this.#citations.end().map((annotation) => ({ type: 'annotation', choice: 0, annotation }) as const),
      ...(finish === null || reason === undefined ? [] : [{ ...finish, reason }]),
      end,
    ]
  }

  #noteStage(): void {
    if (this.#steps === 0) return
    const { generation } = this.#context
    // The fees of plugins are those of their own stages.
    const ours = generation.fees.filter(({ source }) => this.#types.has(source))
    const cost = ours.reduce((sum, { amount }) => sum + amount, 0)
    generation.pipeline.push({
      type: 'server_tools',
      name: 'server-tools',
      summary: `${this.#steps} ${this.#steps === 1 ? 'call' : 'calls'} run`,
      ...(cost > 0 && { cost }),
      data: { mode: 'sdk', tool_calls_executed: this.#steps },
    })
  }
}

const tooMany: ToolOutcome = {
  status: 'failed',
  result: { status: 'failed', error: `A request may make ${mostToolCalls} calls of server tools.` },
}
