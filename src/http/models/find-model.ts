import { Type } from 'typebox'
import { GatewayError } from '../../canonical/errors.ts'
import type { Model } from '../../catalog/model.ts'
import type { Exchange } from '../exchange.ts'
import type { Parameter } from '../http-route.ts'

/** What routes need to find one model. */
export interface ModelFinder {
  /** Finds the model that a name means to an account; null where there is none. */
  readonly findModel: (name: string, account?: string) => Model | null
}

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
 * Finds the model that the path of a request names: by its slug, or by any other name by which requests may call it.
 * @throws GatewayError 404
 */
export function modelOf({ parameters, caller }: Exchange, { findModel }: ModelFinder): Model {
  const { author, slug = '' } = parameters
  const name = author === undefined ? slug : `${author}/${slug}`
  const found = findModel(name, caller?.account)
  if (found === null) {
    throw new GatewayError('not_found', `There is no model ${name}. GET /api/v1/models lists those there are.`)
  }
  return found
}
