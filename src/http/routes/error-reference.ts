import { definePage } from '../http-route.ts'
import { servePage } from '../serve-page.ts'

export const errorReference = definePage({
  path: '/docs/errors',
  handle: () =>
    servePage(async () => {
      const { errorsPage } = await import('../docs/errors-page.ts')
      return errorsPage()
    }),
})
