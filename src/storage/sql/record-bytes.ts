import type { GenerationRecord } from '../../canonical/generation-record.ts'

/** What the rows of a generation with one attempt take on disk besides its long texts, indexes included, about. */
export const bytesOfRecord = 1_500
const bytesOfFurtherAttempt = 300

/**
 * Estimates how much of the database a generation takes. The estimate decides what `storage.retention_mb` keeps: an exact size is not to be
 * had, since a database file does not shrink when rows are deleted.
 */
export function recordBytes(record: GenerationRecord): number {
  const { metadata, trace, userAgent, httpReferer, externalUser, attempts } = record
  const texts = [metadata, trace, userAgent, httpReferer, externalUser]
  const further = Math.max(0, attempts.length - 1) * bytesOfFurtherAttempt
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), bytesOfRecord + further)
}
