import type { SpeechInput } from '../../canonical/generation-request.ts'
import type { Usage } from '../../canonical/usage.ts'
import type { UpstreamReply } from '../protocol.ts'
import { ReplyLog } from '../vendors/event-reply.ts'
import { classifyFailure, classifySaid } from '../vendors/classify-failure.ts'
import { saysFailure } from '../vendors/read-error.ts'

/** Returns the characters that a vendor charges for. */
export const characterUsage = ({ turns }: SpeechInput): Usage => ({
  inputCharacters: turns.reduce((sum, { text }) => sum + text.length, 0),
})

/**
 * Makes the decoder of a reply that is the audio itself. Such a reply has no last event: it is complete when its connection ends as HTTP
 * requires.
 * @param usage The usage, which does not depend on the reply.
 */
export function openByteReply(
  providerName: string,
  usage: Usage,
  convert: (bytes: Buffer) => Buffer = (bytes) => bytes,
): UpstreamReply {
  const log = new ReplyLog(providerName)
  return {
    decodeBytes(chunk) {
      const bytes = convert(chunk)
      if (bytes.length === 0) return []
      // Usage comes before the first bytes, so that it counts also where the client leaves before the end.
      if (!log.produced) log.push({ type: 'usage', usage })
      log.push({ type: 'item', item: { type: 'speech', bytes } })
      return log.take()
    },
    decodeEnd() {
      if (log.produced) log.complete('stop', 'stop', usage)
      else log.fail('The provider sent no audio.')
      return log.take()
    },
    decodeFrame: () => [],
    decodeResult(body) {
      if (saysFailure(body)) log.refuse(classifySaid(body, providerName))
      else log.fail('The provider sent JSON in place of audio.')
      return log.take()
    },
    decodeError: (reply) => classifyFailure(reply, providerName),
  }
}
