import { describeArchitecture, describeEndpoint, describeModel } from '../../catalog/describe-model.ts'
import type { Catalog, Model } from '../../catalog/model.ts'
import { resolveModel } from '../../catalog/resolve-model.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { Route } from '../environment.ts'
import { listModels } from '../list-models.ts'

type Current = () => Catalog

/** `GET /models` (contract §8.A1). */
export const models =
  (catalog: Current): Route =>
  (c) =>
    c.json(listModels([...catalog().models.values()], new URL(c.req.url).searchParams))

/** `GET /models/count`. */
export const modelCount =
  (catalog: Current): Route =>
  (c) => {
    const { total_count } = listModels([...catalog().models.values()], new URL(c.req.url).searchParams)
    return c.json({ data: { count: total_count } })
  }

/** `GET /model/{author}/{slug}`: one model, by its slug or an alias. */
export const model =
  (catalog: Current): Route =>
  (c) =>
    c.json({ data: describeModel(find(catalog(), c.req.param('author'), c.req.param('slug'))) })

/** `GET /models/{author}/{slug}/endpoints` (contract §8.A2). */
export const modelEndpoints =
  (catalog: Current): Route =>
  (c) => {
    const found = find(catalog(), c.req.param('author'), c.req.param('slug'))
    return c.json({
      data: {
        id: found.slug,
        name: found.name,
        created: found.created,
        description: found.description ?? '',
        architecture: describeArchitecture(found),
        endpoints: found.endpoints.map((endpoint) => describeEndpoint(endpoint, found)),
      },
    })
  }

function find(catalog: Catalog, author = '', slug = ''): Model {
  const found = resolveModel(catalog, `${author}/${slug}`)
  if (found === null) {
    throw new GatewayError(
      'not_found',
      `There is no model ${author}/${slug}. GET /api/v1/models lists those there are.`,
    )
  }
  return found
}
