import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../canonical/errors.ts'
import { nestsDeeper } from './json-depth.ts'

export interface BodyLimits {
  readonly bodyBytes: number
  readonly jsonDepth: number
}

/**
 * The parsed body of a request. Limits are checked before anything is parsed.
 * @throws GatewayError 400, 413 or 415, saying what would be right.
 */
export async function readJsonBody(incoming: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  const encoding = incoming.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new GatewayError('unsupported_media_type', `Send the body without content-encoding, not as ${encoding}.`)
  }
  const bytes = await readBytes(incoming, limits.bodyBytes)
  if (!isUtf8(bytes)) throw new GatewayError('invalid_request', 'The request body is not valid UTF-8.')
  if (nestsDeeper(bytes, limits.jsonDepth)) {
    throw new GatewayError('invalid_request', `The request body nests deeper than ${limits.jsonDepth} levels.`)
  }
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    const reason = error instanceof SyntaxError ? `: ${withoutQuotation(error.message)}` : ''
    throw new GatewayError('invalid_request', `The request body is not valid JSON${reason}.`)
  }
}

/** V8 quotes the text around the mistake; a prompt does not belong in an error. */
const withoutQuotation = (message: string): string => message.replace(/, .*is not valid JSON$/s, '').replace(/ in JSON/, '')

function readBytes(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(incoming.headers['content-length'])
  return new Promise((resolve, reject) => {
    const tooLarge = (): void => {
      incoming.off('data', onData)
      // What still comes is not read: the reply closes the connection.
      incoming.pause()
      reject(new GatewayError('payload_too_large', `The request body is larger than ${limit} bytes.`, { headers: { Connection: 'close' } }))
    }
    if (declared > limit) return tooLarge()
    const chunks: Buffer[] = []
    let length = 0
    function onData(chunk: Buffer): void {
      length += chunk.length
      if (length > limit) return tooLarge()
      chunks.push(chunk)
    }
    incoming.on('data', onData)
    incoming.once('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)))
    incoming.once('error', () => reject(new GatewayError('invalid_request', 'The request body broke off.')))
  })
}
