import { readFile } from 'node:fs/promises'
import type { OutgoingHttpHeaders } from 'node:http'
import { fileURLToPath } from 'node:url'
import { fullMatch } from '../util/pattern.ts'
import type { Exchange } from './exchange.ts'
import { stuckMs } from './send.ts'

/** Where `npm run prepare` builds the console. It lies as deep below the root from the sources as from the build. */
const built = fileURLToPath(new URL('../../console/dist/', import.meta.url))

/** Nothing is loaded from elsewhere, no script or style stands in a page, and no other site may show the console in a frame. */
const contentSecurityPolicy = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `img-src 'self' data: blob:`,
  `media-src data: blob:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

const safety = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const contentTypes: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** The names that the build gives to files. A name with a slash or of another kind names no file. */
const assetName = /^[\w-]+\.(css|js|svg)$/

/** The files of the console. Each is read when it is asked for, so that a start and its memory do without them. */
export class ConsoleFiles {
  readonly #folder: string

  /** @param folder The absolute path of the build, with a slash at its end. */
  constructor(folder: string = built) {
    this.#folder = folder
  }

  /** Sends the page that loads the console. Returns false, and sends nothing, where the console was not built. */
  sendPage(exchange: Exchange): Promise<boolean> {
    return this.#send(exchange, 'index.html', {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding',
    })
  }

  /** Sends a script, style or image by its name, which changes with its content. Returns false where there is none of that name. */
  async sendAsset(exchange: Exchange, name: string): Promise<boolean> {
    const [, kind = ''] = fullMatch(assetName, name) ?? []
    const contentType = contentTypes[kind]
    if (contentType === undefined) return false
    return this.#send(exchange, `assets/${name}`, {
      'content-type': contentType,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    })
  }

  /** Sends a file, which the build compressed too. Every browser takes gzip, and none takes Brotli without TLS. */
  async #send({ incoming, outgoing }: Exchange, name: string, headers: OutgoingHttpHeaders): Promise<boolean> {
    const isCompressed = incoming.headers['accept-encoding']?.includes('gzip') === true
    const bytes = await readFile(this.#folder + name + (isCompressed ? '.gz' : '')).catch(() => null)
    if (bytes === null) return false
    outgoing.writeHead(200, {
      ...headers,
      ...(isCompressed && { 'content-encoding': 'gzip' }),
      ...safety,
      'content-length': bytes.length,
    })
    outgoing.end(bytes)
    if (outgoing.writableLength > 0) outgoing.setTimeout(stuckMs)
    return true
  }
}
