import { Type } from 'typebox'
import { orNull } from './or-null.ts'

const ProviderSchema = Type.Object(
  {
    name: Type.String(),
    slug: Type.String({ description: 'What names it in `provider.order`, `only` and `ignore`.' }),
    privacy_policy_url: orNull(Type.String()),
    terms_of_service_url: orNull(Type.String()),
    status_page_url: orNull(Type.String()),
    headquarters: orNull(Type.String({ description: 'ISO 3166-1 alpha-2 code.' })),
    datacenters: orNull(Type.Array(Type.String({ description: 'ISO 3166-1 alpha-2 code.' }))),
  },
  { title: 'Provider', description: 'A host that serves models.' },
)

export const ProviderListSchema = Type.Object({ data: Type.Array(ProviderSchema) }, { title: 'ProviderList' })
