import { Type } from 'typebox'
import { GatewayError } from '../../canonical/errors.ts'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { Journal } from '../../ledger/journal/journal.ts'
import type { Exchange } from '../exchange.ts'
import type { Parameter } from '../http-route.ts'

export const generationParameter: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The id of the generation.',
  schema: Type.String(),
  example: 'gen-1760000000-abcdefghijklmnopqrst',
}

/**
 * Finds the generation that a path names, in the account of the caller.
 * @throws GatewayError 404
 */
export async function findGeneration(
  { parameters, principal }: Exchange,
  generations: Pick<Journal, 'find'>,
): Promise<GenerationRecord> {
  const id = parameters['id'] ?? ''
  const record = await generations.find(id, principal.account)
  if (record === null) throw new GatewayError('not_found', `There is no generation ${id.slice(0, 100)}.`)
  return record
}
