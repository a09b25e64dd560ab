import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { AssistantMessage, Message } from '../../canonical/message.ts'
import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { withMessages } from '../../canonical/with-messages.ts'
import type { NamedTools } from './open-tools.ts'

type Run = Extract<ReasoningDetail, { type: 'server-tool-call' }>

/**
 * Puts the runs of server tools of earlier answers back into the conversation as calls and results. The client returned them as reasoning
 * details (contract §2.5). A run of a tool that the request does not offer any more is left out, since the upstream would refuse a call of
 * an unknown function. Returns the request itself where there are none.
 */
export function recallRuns(request: ChatRequest, tools: NamedTools): ChatRequest {
  const { messages } = request.input
  if (!messages.some(hasRuns)) return request
  const names = new Map<string, string>()
  for (const { type, name } of tools.values()) if (!names.has(type)) names.set(type, name)
  const recalled = messages.flatMap((message) => (hasRuns(message) ? withRuns(message, names) : [message]))
  return withMessages(request, recalled)
}

const isRun = (detail: ReasoningDetail): detail is Run => detail.type === 'server-tool-call'

const hasRuns = (message: Message): message is AssistantMessage =>
  message.role === 'assistant' && message.reasoningDetails?.some(isRun) === true

/** The runs of one turn, with the thoughts before them. */
interface PastTurn {
  readonly thoughts: readonly ReasoningDetail[]
  readonly runs: readonly Run[]
}

/**
 * Splits an answer into its turns. The runs that stood beside a call of the client's are part of the last turn, with that call and the text;
 * what was thought last is too.
 */
function withRuns(message: AssistantMessage, names: ReadonlyMap<string, string>): readonly Message[] {
  const { content, toolCalls, reasoningDetails = [], reasoning: _, ...rest } = message
  const own = new Set(toolCalls.map(({ id }) => id))
  const turns = turnsOf(reasoningDetails.filter((detail) => !isRun(detail) || names.has(detail.toolName)))
  const last = turns.at(-1)
  const isMixed = last !== undefined && last.runs.some(({ id }) => id !== null && id !== undefined && own.has(id))
  const before = isMixed || last?.runs.length === 0 ? turns.slice(0, -1) : turns
  const end = before.length === turns.length ? { thoughts: [], runs: [] } : (last ?? { thoughts: [], runs: [] })
  const messages = before.flatMap(({ thoughts, runs }) => [
    assistant(
      [],
      runs.map((run) => callOf(run, names)),
      thoughts,
    ),
    ...runs.map(resultOf),
  ])
  if (content.length === 0 && toolCalls.length === 0 && end.runs.length === 0) return messages
  const calls = [...end.runs.map((run) => callOf(run, names)), ...toolCalls]
  return [...messages, { ...rest, ...assistant(content, calls, end.thoughts) }, ...end.runs.map(resultOf)]
}

/** A turn is its thoughts and then its runs. A run of another number, or a thought after runs, begins the next turn. */
function turnsOf(details: readonly ReasoningDetail[]): readonly PastTurn[] {
  const turns: { thoughts: ReasoningDetail[]; runs: Run[] }[] = []
  for (const detail of details) {
    const last = turns.at(-1)
    const run = isRun(detail) ? detail : null
    const continues =
      last !== undefined && (last.runs.length === 0 || (run !== null && last.runs.at(-1)?.index === run.index))
    const turn = continues ? last : { thoughts: [], runs: [] }
    if (!continues) turns.push(turn)
    if (run === null) turn.thoughts.push(detail)
    else turn.runs.push(run)
  }
  return turns
}

const assistant = (
  content: AssistantMessage['content'],
  toolCalls: AssistantMessage['toolCalls'],
  thoughts: readonly ReasoningDetail[],
): AssistantMessage => ({
  role: 'assistant',
  content,
  toolCalls,
  ...(thoughts.length > 0 && { reasoningDetails: thoughts }),
})

const callOf = (run: Run, names: ReadonlyMap<string, string>) => ({
  id: idOf(run),
  name: names.get(run.toolName) ?? run.toolName,
  arguments: run.arguments,
})

const resultOf = (run: Run): Message => ({
  role: 'tool',
  toolCallId: idOf(run),
  content: [{ type: 'text', text: run.result }],
})

const idOf = ({ toolCallId, index }: Run): string => toolCallId ?? `call_server_tool_${index ?? 0}`
