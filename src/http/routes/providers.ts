import type { Route } from '../exchange.ts'

/** A provider as it is listed: its own statements, never our credentials. */
export interface ListedProvider {
  readonly name: string
  readonly slug: string
  readonly privacyPolicyUrl: string | null
  readonly termsOfServiceUrl?: string
  readonly statusPageUrl?: string
  readonly headquarters?: string
  readonly datacenters?: readonly string[]
}

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
