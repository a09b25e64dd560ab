import { chunkCount, replyPieces, replyText, type Traffic } from './traffic.ts'

/** Throws unless the reply is complete and has the text that the upstream sent. A fast wrong reply is not a valid figure. */
export function checkReply(traffic: Traffic, status: number, body: string): void {
  if (status !== 200) throw new Error(`status ${status} to a ${traffic} request: ${body.slice(0, 300)}`)
  if (traffic === 'health') return
  if (traffic === 'tools') expectEnd(JSON.parse(body)?.choices?.[0])
  else if (traffic === 'json' || traffic === 'image' || traffic === 'conversation')
    expectText(JSON.parse(body)?.choices?.[0]?.message?.content, replyText)
  else checkStream(body)
}

function checkStream(body: string): void {
  const events = body.split('\n\n').filter((event) => event.startsWith('data: '))
  if (events.at(-1) !== 'data: [DONE]') throw new Error(`a stream without [DONE]; its end: ${body.slice(-200)}`)
  const pieces = events
    .slice(0, -1)
    .map((event): unknown => JSON.parse(event.slice(6))?.choices?.[0]?.delta?.content)
    .filter((content) => typeof content === 'string' && content !== '')
  if (pieces.length !== chunkCount) throw new Error(`${pieces.length} chunks of a stream of ${chunkCount}`)
  expectText(pieces.join(''), replyPieces.join(''))
}

function expectText(text: unknown, expected: string): void {
  if (text !== expected)
    throw new Error(`a wrong reply: ${JSON.stringify(text)} instead of ${JSON.stringify(expected)}`)
}

/** A gateway that runs the tool hands back the text of the last turn; the bare proxy hands back the call of the first. */
function expectEnd(choice: { finish_reason?: string; message?: { content?: unknown } } | undefined): void {
  if (choice?.finish_reason !== 'tool_calls') expectText(choice?.message?.content, replyText)
}
