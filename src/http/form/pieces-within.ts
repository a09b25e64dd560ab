import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../../canonical/errors.ts'

/**
 * Yields the body of a request as it arrives. The connection stays open when the reader leaves, so that the client can still get an answer.
 * It waits for events and races no promises: a promise that lasts as long as the body would keep about 800 bytes for each piece, and a client
 * may send pieces of one byte.
 * @throws GatewayError 400 for a body that broke off, 408 for one that is not complete after so many milliseconds, 413 for one with more bytes
 */
export async function* piecesWithin(
  incoming: IncomingMessage,
  { milliseconds, bytes }: { readonly milliseconds: number; readonly bytes: number },
): AsyncGenerator<Buffer, void, void> {
  let left = bytes
  let isLate = false
  let goOn = (): void => {}
  const wake = (): void => goOn()
  const timer = setTimeout(() => {
    isLate = true
    goOn()
  }, milliseconds)
  incoming.on('readable', wake).on('end', wake).on('error', wake).on('close', wake)
  try {
    for (;;) {
      if (isLate)
        throw new GatewayError('timeout', `The request body did not come within ${milliseconds / 1000} seconds.`)
      const piece: Buffer | null = incoming.read()
      left -= piece?.length ?? 0
      if (left < 0) throw new GatewayError('payload_too_large', `The request body is larger than ${bytes} bytes.`)
      if (piece !== null) yield piece
      else if (incoming.readableEnded) return
      else if (incoming.destroyed) throw new GatewayError('invalid_request', 'The request body broke off.')
      else await new Promise<void>((resolve) => (goOn = resolve))
    }
  } finally {
    clearTimeout(timer)
    incoming.off('readable', wake).off('end', wake).off('error', wake).off('close', wake)
  }
}
