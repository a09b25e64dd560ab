import type { Transcript } from '../../canonical/item.ts'
import type { Usage } from '../../canonical/usage.ts'
import { type JsonObject, stringOf } from '../../util/json.ts'
import type { UpstreamReply } from '../protocol.ts'
import { openEventReply } from '../vendors/event-reply.ts'

/** What a reply tells besides the text. */
export interface TranscriptReply {
  readonly transcript: Omit<Transcript, 'text'>
  readonly usage: Usage
}

/** The types of the events of a vendor's stream. */
interface TranscriptEvents {
  readonly delta: string
  /** The field of a delta that has its text. */
  readonly text: string
  readonly segment: string
  /** The last event: it has what a whole reply has, but for the segments, which some vendors send only one by one. */
  readonly done: string
}

/** More than a day of speech has. They are kept until the transcript is complete. */
const mostSegments = 100_000

/**
 * Makes the decoding half of a call whose reply is a transcript: one JSON document, or a stream. All vendors have the whole text in `text`.
 * @param events Absent: the vendor streams none.
 */
export const openTranscriptReply = (
  providerName: string,
  read: (body: JsonObject) => TranscriptReply,
  events?: TranscriptEvents,
): UpstreamReply =>
  openEventReply(providerName, (log) => {
    const segments: JsonObject[] = []
    const say = (text: string): void => {
      if (text !== '') log.push({ type: 'item', item: { type: 'transcript-delta', text } })
    }
    const complete = (body: JsonObject): void => {
      const text = stringOf(body['text'])
      if (text === undefined) return log.fail('The provider sent a transcript without a text.')
      if (!log.produced) say(text)
      const { transcript, usage } = read(body)
      log.push({ type: 'item', item: { type: 'transcript', transcript: { text, ...transcript } } })
      log.complete('stop', 'stop', usage)
    }
    return {
      event(event) {
        if (events === undefined) return
        switch (event['type']) {
          case events.delta: {
            const text = stringOf(event[events.text])
            if (text === undefined) return log.fail('The provider sent a piece of a transcript without a text.')
            return say(text)
          }
          case events.segment:
            if (segments.push(event) > mostSegments) log.fail(`The provider sent more than ${mostSegments} segments.`)
            return
          case events.done:
            return complete(segments.length > 0 ? { segments, ...event } : event)
          default:
        }
      },
      result: complete,
    }
  })
