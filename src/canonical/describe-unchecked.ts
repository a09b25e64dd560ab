import type { CallEvent, Unchecked } from './generation-event.ts'
import type { PipelineStage } from './router-metadata.ts'

/** Describes which parts of an answer could not be checked against a schema of the client. */
export const describeUnchecked = (end: CallEvent | undefined): readonly PipelineStage[] =>
  end?.type === 'call-end' ? (end.unchecked ?? []).map(uncheckedStage) : []

const uncheckedStage = (what: Unchecked): PipelineStage => ({
  type: 'schema_check',
  name: what,
  summary: `${subjects[what]} could not be held to the schema in full, and passed.`,
})

const subjects: Readonly<Record<Unchecked, string>> = {
  response_format: 'The answer',
  tool_calls: 'The arguments of tool calls',
}
