import type { Frame, Framing } from './protocols/protocol.ts'
import type { ReplySettings } from './reply-settings.ts'

/** The next action on the socket. */
export type Step =
  | { readonly do: 'send' | 'send-padded'; readonly text: string; readonly isContent: boolean }
  | { readonly do: 'pause'; readonly milliseconds: number }
  | { readonly do: 'endless-line' | 'end' | 'reset' | 'stall' }

/** Inserts the faults of `settings` into the frames of a complete stream. The last step says how the stream ends. */
export function* streamSteps(
  frames: readonly Frame[],
  framing: Framing,
  failure: object,
  settings: ReplySettings,
): Generator<Step, void, void> {
  const { ending } = settings
  const send = (text: string): Step => ({ do: 'send', text: lines(text, framing, settings), isContent: false })
  let sent = 0
  let malformedAfter = settings.malformedAfter

  if (settings.firstTokenMs > 0) yield { do: 'pause', milliseconds: settings.firstTokenMs }
  for (const frame of frames) {
    if (frame.kind !== 'opening' && malformedAfter === sent) {
      yield send(framing.broken)
      malformedAfter = null
    }
    if (frame.kind !== 'opening' && ending?.after === sent) {
      if (ending.kind === 'error') yield send(framing.frame(JSON.stringify(failure)))
      yield { do: endings[ending.kind] }
      return
    }
    if (frame.kind === 'content') {
      if (sent > 0 && settings.paceMs > 0) yield { do: 'pause', milliseconds: settings.paceMs }
      if (settings.comments) yield send(framing.comment)
      if (settings.flood === 'endless-line') {
        yield { do: 'endless-line' }
        break
      }
      const isHuge = settings.flood === 'huge-frame' && sent === 0
      yield { do: isHuge ? 'send-padded' : 'send', text: lines(frame.text, framing, settings), isContent: true }
      sent++
    } else if (!isLeftOut(frame, settings)) yield send(frame.text)
  }
  yield { do: 'end' }
}

const endings = { cut: 'reset', eof: 'end', stall: 'stall', error: 'end' } as const

/** Binary frames have no line endings. */
const lines = (text: string, { encoding }: Framing, { crlf }: ReplySettings): string =>
  crlf && encoding === undefined ? text.replaceAll('\n', '\r\n') : text

const isLeftOut = ({ kind }: Frame, settings: ReplySettings): boolean =>
  (kind === 'usage' && settings.noUsage) ||
  (kind === 'done' && settings.noDone) ||
  (kind === 'finish' && settings.noFinish)
