import type { Catalog } from '../../catalog/model.ts'
import { definePage } from '../http-route.ts'
import { sendPage } from '../serve-page.ts'

/** The page that explains what the gateway is and how to send a request. */
export const start = definePage({
  path: '/',
  handle:
    ({ catalog }: { readonly catalog: () => Catalog }) =>
    async (exchange) => {
      const { startPage } = await import('../docs/start-page.ts')
      const slugs = [...catalog().models.keys()]
      await sendPage(exchange, startPage(slugs.find((slug) => slug === 'waygate/simulator') ?? slugs[0] ?? null))
    },
})
