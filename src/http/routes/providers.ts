import type { ListedProvider } from '../../catalog/offered-provider.ts'
import { type Static, Type } from 'typebox'
import { defineRoute } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const ProviderSchema = Type.Object(
  {
    name: Type.String(),
    slug: Type.String({ description: 'The name for it in `provider.order`, `only` and `ignore`.' }),
    privacy_policy_url: orNull(Type.String()),
    terms_of_service_url: orNull(Type.String()),
    status_page_url: orNull(Type.String()),
    headquarters: orNull(Type.String({ description: 'ISO 3166-1 alpha-2 code.' })),
    datacenters: orNull(Type.Array(Type.String({ description: 'ISO 3166-1 alpha-2 code.' }))),
  },
  { title: 'Provider', description: 'A host that serves models.' },
)

const ProviderListSchema = Type.Object({ data: Type.Array(ProviderSchema) }, { title: 'ProviderList' })

/** Contract §8.A. */
export const providers = defineRoute({
  method: 'get',
  path: '/providers',
  access: 'public',
  id: 'listProviders',
  group: 'Catalogue',
  summary: 'List providers',
  description: 'The providers that this gateway is set up to use.',
  success: { description: 'The providers.', json: ProviderListSchema },
  errors: ['server'],
  handle:
    ({ providers }: { readonly providers: () => readonly ListedProvider[] }) =>
    (exchange) =>
      exchange.json({ data: providers().map(encode) }),
})

const encode = (provider: ListedProvider): Static<typeof ProviderSchema> => ({
  name: provider.name,
  slug: provider.slug,
  privacy_policy_url: provider.privacyPolicyUrl,
  terms_of_service_url: provider.termsOfServiceUrl ?? null,
  status_page_url: provider.statusPageUrl ?? null,
  headquarters: provider.headquarters ?? null,
  datacenters: provider.datacenters === undefined ? null : [...provider.datacenters],
})
