import type { Catalog } from '../../catalog/model.ts'
import type { ConsoleFiles } from '../console-files.ts'
import type { Exchange } from '../exchange.ts'
import { definePage } from '../http-route.ts'
import { sendPage } from '../serve-page.ts'

interface Dependencies {
  readonly catalog: () => Catalog
  /** Null where the console is switched off. */
  readonly consoleFiles: ConsoleFiles | null
}

/** The address of the gateway itself: the console for browsers, and for others the page that explains how to send a request. */
export const start = definePage({
  path: '/',
  handle:
    ({ catalog, consoleFiles }: Dependencies) =>
    async (exchange) => {
      const isWanted = consoleFiles !== null && isBrowser(exchange)
      if (isWanted && (await consoleFiles.sendPage(exchange))) return
      const { startPage } = await import('../docs/start-page.ts')
      const slugs = [...catalog().models.keys()]
      const model = slugs.find((slug) => slug === 'waygate/simulator') ?? slugs[0] ?? null
      await sendPage(exchange, startPage({ model, lacksConsole: isWanted }))
    },
})

/** A browser that opens a page names HTML. Programs name JSON, or accept anything. */
const isBrowser = ({ incoming: { headers } }: Exchange): boolean => headers.accept?.includes('text/html') === true
