import {
  type AttemptRecord,
  attemptFields,
  type FeeRecord,
  feeFields,
  generationFields,
  type GenerationRecord,
} from './generation-record.ts'
import { fieldNames, type RecordFields, type RecordOf } from './record-fields.ts'

/**
 * The fields of a generation as it is kept. Most generations are one call that answered. Its row would repeat the generation's own fields,
 * so only its times are kept, here; null where the calls have rows.
 */
export const keptFields = {
  ...generationFields,
  attemptLatency: 'integer?',
  attemptStartedAfter: 'integer?',
} as const satisfies RecordFields

/** A generation as it is kept: with the attempts that tell more than the generation itself. */
export interface KeptGeneration extends RecordOf<typeof keptFields> {
  readonly attempts: readonly AttemptRecord[]
  readonly fees: readonly FeeRecord[]
}

/** The JSON text of a KeptGeneration. It is made once, for the journal, and handed on as it is to the thread of the database. */
export type RecordText = string

const attemptNames = fieldNames(attemptFields)
const keptNames = fieldNames(keptFields)
const feeNames = fieldNames(feeFields)

/** Turns a record into its text. */
export const toRecordText = (record: GenerationRecord): RecordText => JSON.stringify(toKept(record))

/** Turns a text back into the record. */
export const fromRecordText = (text: RecordText): GenerationRecord => fromKept(JSON.parse(text))

/**
 * Reads a text that may have been written by another version of Waygate. A field that it lacks is empty, and is added to the text; one that
 * is unknown here stays.
 */
export function keptGeneration(text: RecordText): { readonly kept: KeptGeneration; readonly text: RecordText } {
  const kept: KeptGeneration = JSON.parse(text)
  const { attempts, fees } = kept
  const isWhole =
    hasAll(kept, keptNames) &&
    attempts.every((attempt) => hasAll(attempt, attemptNames)) &&
    fees.every((fee) => hasAll(fee, feeNames))
  if (isWhole) return { kept, text }
  const completed = {
    ...emptyGeneration,
    ...kept,
    attempts: attempts.map((attempt) => ({ ...emptyAttempt, ...attempt })),
    fees: fees.map((fee) => ({ ...emptyFee, ...fee })),
  }
  return { kept: completed, text: JSON.stringify(completed) }
}

const hasAll = <Item>(item: Item, names: readonly (keyof Item)[]): boolean =>
  names.every((name) => item[name] !== undefined)

const emptyValues = { text: '', integer: 0, boolean: false, 'text?': null, 'integer?': null, 'boolean?': null } as const
const emptyOf = (fields: RecordFields): object =>
  Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, emptyValues[type]]))
const emptyGeneration = emptyOf(keptFields)
const emptyAttempt = emptyOf(attemptFields)
const emptyFee = emptyOf(feeFields)

const withRows = { attemptLatency: null, attemptStartedAfter: null } as const

/** Leaves out an attempt that can be told from the generation. */
function toKept(record: GenerationRecord): KeptGeneration {
  const [only, another] = record.attempts
  if (only === undefined || another !== undefined) return { ...record, ...withRows }
  const told = attemptOf(record, only.latency, only.startedAfter)
  if (!attemptNames.every((name) => only[name] === told[name])) return { ...record, ...withRows }
  return { ...record, attemptLatency: only.latency, attemptStartedAfter: only.startedAfter, attempts: [] }
}

/** Adds the attempt that was left out. */
export function fromKept({ attemptLatency, attemptStartedAfter, ...record }: KeptGeneration): GenerationRecord {
  return attemptLatency === null
    ? record
    : { ...record, attempts: [attemptOf(record, attemptLatency, attemptStartedAfter)] }
}

/** Makes the attempt of a generation that was one call at the default tier, which answered and cost what the generation cost. */
const attemptOf = (generation: GenerationRecord, latency: number, startedAfter: number | null): AttemptRecord => ({
  generationId: generation.id,
  sequence: 0,
  endpoint: generation.endpoint ?? '',
  provider: generation.provider ?? '',
  providerName: generation.providerName ?? '',
  model: generation.model,
  status: 200,
  startedAfter,
  latency,
  errorKind: null,
  upstreamId: generation.upstreamId,
  tier: 'default',
  kind: 'first',
  cost: generation.cost,
  mayBillMore: false,
  depth: 0,
  tool: null,
  isByok: generation.isByok,
})
