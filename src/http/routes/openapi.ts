import { Type } from 'typebox'
import { defineRoute } from '../http-route.ts'
import type { OpenApiDocument } from '../openapi/openapi-document.ts'

export const openApi = defineRoute({
  method: 'get',
  path: '/openapi.json',
  access: 'public',
  id: 'getOpenApi',
  group: 'Gateway',
  summary: 'Get this description',
  description: 'The OpenAPI document of this gateway.',
  success: {
    description: 'The document.',
    json: Type.Object({ openapi: Type.String() }, { title: 'OpenApiDocument' }),
  },
  errors: ['server'],
  handle({ document }: { readonly document: () => Promise<OpenApiDocument> }) {
    let text: string | undefined
    return async (exchange) => {
      text ??= JSON.stringify(await document())
      exchange.text(text, { 'content-type': 'application/json' })
    }
  },
})
