import type { Transcript } from '../../canonical/item.ts'
import type { Usage } from '../../canonical/usage.ts'
import { type JsonObject, stringOf } from '../../util/json.ts'
import type { UpstreamReply } from '../protocol.ts'
import { openEventReply } from '../vendors/event-reply.ts'

/** What a reply tells besides the text. */
interface TranscriptReply {
  readonly transcript: Omit<Transcript, 'text'>
  readonly usage: Usage
}

/** Makes the decoding half of a call whose reply is one JSON document with a transcript. All vendors have the whole text in `text`. */
export const openTranscriptReply = (providerName: string, read: (body: JsonObject) => TranscriptReply): UpstreamReply =>
  openEventReply(providerName, (log) => ({
    event: () => {},
    result(body) {
      const text = stringOf(body['text'])
      if (text === undefined) return log.fail('The provider sent a transcript without a text.')
      const { transcript, usage } = read(body)
      log.push({ type: 'item', item: { type: 'transcript', transcript: { text, ...transcript } } })
      log.complete('stop', 'stop', usage)
    },
  }))
