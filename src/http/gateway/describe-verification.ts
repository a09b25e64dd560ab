import { type Static, Type } from 'typebox'
import type { Verification } from '../../ledger/books/verification.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const Count = orNull(Type.Integer({ minimum: 0 }))

export const VerificationReplySchema = Type.Object(
  {
    data: orNull(
      Type.Object(
        {
          state: Type.Enum(['running', 'done', 'failed']),
          started_at: Type.String({ description: 'ISO time.' }),
          finished_at: orNull(Type.String({ description: 'ISO time.' })),
          in_order: orNull(Type.Boolean({ description: 'Null until it is done.' })),
          failure: orNull(Type.String({ description: 'Why it could not be done.' })),
          generations: Count,
          attempts: Count,
          fees: Count,
          credits: Count,
          journal: orNull(
            Type.Object({
              waiting: Type.Integer({ description: 'Records that are not in the database yet.' }),
              underway: Type.Integer(),
              damaged: Type.Integer({ description: 'Lines that do not pass their checksum.' }),
              refused: Type.Integer({ description: 'Records that the database refused.' }),
            }),
          ),
          mistakes: Type.Array(
            Type.Object({
              kind: Type.String(),
              count: Type.Integer(),
              first: Type.Array(Type.String(), { description: 'What names the first 20.' }),
            }),
          ),
        },
        { title: 'LedgerVerification' },
      ),
    ),
  },
  { title: 'LedgerVerificationReply', description: 'Null: no check was begun since the start.' },
)

/** Encodes a check of the books. */
export function encodeVerification(last: Verification | null): Static<typeof VerificationReplySchema> {
  if (last === null) return { data: null }
  const done = last.state === 'done' ? last : null
  const journal = done?.journal ?? null
  return {
    data: {
      state: last.state,
      started_at: new Date(last.startedAt).toISOString(),
      finished_at: last.state === 'running' ? null : new Date(last.finishedAt).toISOString(),
      in_order: done?.inOrder ?? null,
      failure: last.state === 'failed' ? last.failure : null,
      generations: done?.check.generations ?? null,
      attempts: done?.check.attempts ?? null,
      fees: done?.check.fees ?? null,
      credits: done?.check.credits ?? null,
      journal: journal && {
        waiting: journal.waiting,
        underway: journal.underway,
        damaged: journal.damaged.reduce((sum, { lines }) => sum + lines, 0),
        refused: journal.refused,
      },
      mistakes: (done?.check.mistakes ?? []).map(({ kind, count, first }) => ({ kind, count, first: [...first] })),
    },
  }
}
