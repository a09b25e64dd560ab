import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { AssistantMessage, Message } from '../../canonical/message.ts'
import type { ReasoningDetail } from '../../canonical/reasoning.ts'
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
  return { ...request, input: { ...request.input, messages: recalled } }
}

const isRun = (detail: ReasoningDetail): detail is Run => detail.type === 'server-tool-call'

const hasRuns = (message: Message): message is AssistantMessage =>
  message.role === 'assistant' && message.reasoningDetails?.some(isRun) === true

/** Splits an answer at its runs: what was thought before a run stands before its call. The text and the client's own calls come last. */
function withRuns(message: AssistantMessage, names: ReadonlyMap<string, string>): readonly Message[] {
  const messages: Message[] = []
  let thoughts: ReasoningDetail[] = []
  let runs: Run[] = []
  const flush = (): void => {
    if (runs.length === 0) return
    messages.push(...called(runs, thoughts, names))
    thoughts = []
    runs = []
  }
  for (const detail of message.reasoningDetails ?? []) {
    if (isRun(detail)) {
      if (names.has(detail.toolName)) runs.push(detail)
      continue
    }
    flush()
    thoughts.push(detail)
  }
  // The runs after the last thought belong to the turn that also made the client's calls, where it made some.
  const { content, toolCalls, reasoningDetails: _, reasoning: __, ...rest } = message
  if (runs.length > 0 && toolCalls.length > 0) {
    const own = runs.map((run, index) => callOf(run, index, names))
    messages.push({ ...rest, content, toolCalls: [...own, ...toolCalls], ...withDetails(thoughts) })
    return [...messages, ...runs.map(resultOf)]
  }
  flush()
  if (content.length > 0 || toolCalls.length > 0)
    messages.push({ ...rest, content, toolCalls, ...withDetails(thoughts) })
  return messages
}

function called(
  runs: readonly Run[],
  thoughts: readonly ReasoningDetail[],
  names: ReadonlyMap<string, string>,
): readonly Message[] {
  const toolCalls = runs.map((run, index) => callOf(run, index, names))
  return [{ role: 'assistant', content: [], toolCalls, ...withDetails(thoughts) }, ...runs.map(resultOf)]
}

const withDetails = (details: readonly ReasoningDetail[]) => (details.length > 0 ? { reasoningDetails: details } : {})

const callOf = (run: Run, index: number, names: ReadonlyMap<string, string>) => ({
  id: idOf(run, index),
  name: names.get(run.toolName) ?? run.toolName,
  arguments: run.arguments,
})

const resultOf = (run: Run, index: number): Message => ({
  role: 'tool',
  toolCallId: idOf(run, index),
  content: [{ type: 'text', text: run.result }],
})

const idOf = ({ toolCallId }: Run, index: number): string => toolCallId ?? `call_server_tool_${index}`
