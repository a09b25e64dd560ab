import { Type } from 'typebox'
import { GatewayError } from '../../canonical/errors.ts'
import type { Catalog, Model } from '../../catalog/model.ts'
import { resolveModel } from '../../catalog/resolve-model.ts'
import type { Exchange } from '../exchange.ts'
import type { Parameter } from '../http-route.ts'

/** The two segments of a path that name a model. */
export const slugParameters: readonly Parameter[] = [
  {
    name: 'author',
    in: 'path',
    description: 'The part of the slug before `/`.',
    schema: Type.String(),
    example: 'waygate',
  },
  {
    name: 'slug',
    in: 'path',
    description: 'The part of the slug after `/`.',
    schema: Type.String(),
    example: 'simulator',
  },
]

/**
 * Finds the model that a path names by its slug or an alias.
 * @throws GatewayError 404
 */
export function findModel(catalog: Catalog, { author = '', slug = '' }: Exchange['parameters']): Model {
  const found = resolveModel(catalog, `${author}/${slug}`)
  if (found === null) {
    throw new GatewayError(
      'not_found',
      `There is no model ${author}/${slug}. GET /api/v1/models lists those there are.`,
    )
  }
  return found
}
