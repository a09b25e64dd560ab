import type { KeptGeneration } from '../../canonical/record-text.ts'

/** What a generation takes on disk besides its long texts, indexes and its share of the summaries included, about. */
const bytesOfGeneration = 1_500
/** The same of each attempt and fee that has a row. */
const bytesOfPart = 300

/**
 * Estimates how much of the database a generation takes. The estimate decides what `storage.retention_mb` keeps: an exact size is not to be
 * had, since a database does not shrink when rows are deleted.
 */
export function recordBytes({
  metadata,
  trace,
  userAgent,
  httpReferer,
  externalUser,
  attempts,
  fees,
}: KeptGeneration): number {
  const texts = [metadata, trace, userAgent, httpReferer, externalUser]
  return texts.reduce(
    (sum, text) => sum + (text?.length ?? 0),
    bytesOfGeneration + bytesOfPart * (attempts.length + fees.length),
  )
}
