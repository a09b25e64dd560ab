import { definePage } from '../http-route.ts'
import type { OpenApiDocument } from '../openapi/openapi-document.ts'
import { servePage } from '../serve-page.ts'

export const apiReference = definePage({
  path: '/docs',
  handle: ({ document }: { readonly document: () => Promise<OpenApiDocument> }) =>
    servePage(async () => {
      const { referencePage } = await import('../docs/reference-page.ts')
      return referencePage(await document())
    }),
})
