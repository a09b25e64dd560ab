import { GatewayError } from '../../canonical/errors.ts'
import type { ConsoleFiles } from '../console-files.ts'
import { definePage } from '../http-route.ts'

/** The scripts, styles and images of the console. */
export const consoleAsset = definePage({
  path: '/assets/{name}',
  handle:
    ({ consoleFiles }: { readonly consoleFiles: ConsoleFiles | null }) =>
    async (exchange) => {
      const { name = '' } = exchange.parameters
      if (consoleFiles !== null && (await consoleFiles.sendAsset(exchange, name))) return
      throw new GatewayError('not_found', `The console has no file ${name.slice(0, 100)}.`)
    },
})
