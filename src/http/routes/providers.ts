import type { ListedProvider } from '../../catalog/offered-provider.ts'
import type { Route } from '../exchange.ts'

/** `GET /providers` (contract §8.A). */
export const providers =
  (listed: () => readonly ListedProvider[]): Route =>
  (exchange) =>
    exchange.json({
      data: listed().map((provider) => ({
        name: provider.name,
        slug: provider.slug,
        privacy_policy_url: provider.privacyPolicyUrl,
        terms_of_service_url: provider.termsOfServiceUrl ?? null,
        status_page_url: provider.statusPageUrl ?? null,
        headquarters: provider.headquarters ?? null,
        datacenters: provider.datacenters ?? null,
      })),
    })
