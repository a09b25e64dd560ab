import { GatewayError } from '../../canonical/errors.ts'
import type { GenerationPosition } from '../../storage/stores/generation-store.ts'
import { fullMatch } from '../../util/pattern.ts'

/** Writes the place in a list from which the next page goes on. */
export const encodeCursor = ({ createdAt, id }: GenerationPosition): string =>
  Buffer.from(`${createdAt} ${id}`).toString('base64url')

/**
 * Reads such a place.
 * @throws GatewayError 400
 */
export function decodeCursor(text: string): GenerationPosition {
  const [, createdAt, id] = fullMatch(/^(\d{1,15}) (.{1,100})$/, Buffer.from(text, 'base64url').toString()) ?? []
  if (createdAt === undefined || id === undefined) {
    throw new GatewayError('invalid_request', 'The query parameter cursor must be the next_cursor of a page.')
  }
  return { createdAt: Number(createdAt), id }
}
