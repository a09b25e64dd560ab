import type { Conduct } from './conduct.ts'
import type { Frame, Framing } from './wires/wire.ts'

/** What to do next with the socket. */
export type Step =
  | { readonly do: 'send' | 'send-padded'; readonly text: string; readonly isContent: boolean }
  | { readonly do: 'pause'; readonly milliseconds: number }
  | { readonly do: 'endless-line' | 'end' | 'reset' | 'stall' }

/** Puts the faults of `conduct` among the frames of a complete stream. The last step says how it ends. */
export function* streamSteps(
  frames: readonly Frame[],
  framing: Framing,
  failure: object,
  conduct: Conduct,
): Generator<Step, void, void> {
  const { ending } = conduct
  const send = (text: string): Step => ({ do: 'send', text: lines(text, framing, conduct), isContent: false })
  let sent = 0
  let malformedAfter = conduct.malformedAfter

  if (conduct.firstTokenMs > 0) yield { do: 'pause', milliseconds: conduct.firstTokenMs }
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
      if (sent > 0 && conduct.paceMs > 0) yield { do: 'pause', milliseconds: conduct.paceMs }
      if (conduct.comments) yield send(framing.comment)
      if (conduct.flood === 'endless-line') {
        yield { do: 'endless-line' }
        break
      }
      const isHuge = conduct.flood === 'huge-frame' && sent === 0
      yield { do: isHuge ? 'send-padded' : 'send', text: lines(frame.text, framing, conduct), isContent: true }
      sent++
    } else if (!isLeftOut(frame, conduct)) yield send(frame.text)
  }
  yield { do: 'end' }
}

const endings = { cut: 'reset', eof: 'end', stall: 'stall', error: 'end' } as const

/** Bytes are no lines. */
const lines = (text: string, { encoding }: Framing, { crlf }: Conduct): string =>
  crlf && encoding === undefined ? text.replaceAll('\n', '\r\n') : text

const isLeftOut = ({ kind }: Frame, conduct: Conduct): boolean =>
  (kind === 'usage' && conduct.noUsage) ||
  (kind === 'done' && conduct.noDone) ||
  (kind === 'finish' && conduct.noFinish)
