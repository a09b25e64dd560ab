import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import type { EngineLimits, WebEngines } from '../../../src/canonical/web-engines.ts'
import { engines } from '../../../src/server-tools/engines/_registry.ts'
import { createDispatcher } from '../../../src/upstream/dispatcher.ts'
import { systemClock } from '../../../src/util/clock.ts'
import { wireEngines } from '../../../src/wiring/engines.ts'
import { loadText } from '../../config/load-text.ts'

export const operatorKey = 'key-of-the-operator-0123456789'

interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

interface EngineServer {
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
}

/** Starts an HTTP server on a free port, which is closed after the test. */
export async function startEngineServer(
  respond: (response: ServerResponse, count: number) => void,
): Promise<EngineServer> {
  const requests: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://server')
      const text = Buffer.concat(chunks).toString()
      requests.push({
        method: request.method ?? '',
        path: pathname,
        parameters: Object.fromEntries(searchParams),
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      })
      respond(response, requests.length)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return { url: `http://127.0.0.1:${address.port}`, requests }
}

/** Answers with JSON. */
export const answerJson =
  (body: unknown, status = 200) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

/** Makes engines from the text of a configuration file. */
export function enginesOf(text: string, environment: Readonly<Record<string, string>> = {}): WebEngines {
  const dispatcher = createDispatcher({ connectMs: 5_000 })
  onTestFinished(() => dispatcher.destroy())
  return wireEngines({ config: loadText(text, environment), dispatcher, clock: systemClock })
}

/** Makes one engine whose API is at an address. */
export function engineAt(slug: string, url: string): WebEngines {
  const needsKey = engines.some((engine) => engine.slug === slug && engine.apiKey !== null)
  const key = needsKey ? `api_key: ${operatorKey}, ` : ''
  return enginesOf(`search: { ${slug}: { ${key}base_url: "${url}" } }`)
}

/** The limits of a call that nothing hurries. */
export const unhurried = (): EngineLimits => ({ signal: new AbortController().signal, timeoutMs: 30_000 })
