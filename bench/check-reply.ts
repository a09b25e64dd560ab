import { batchSize, chunkCount, dimensions, replyPieces, replyText, type Traffic } from './traffic.ts'

/** Throws unless the reply is complete and has the text that the upstream sent. A fast wrong reply is not a valid figure. */
export function checkReply(traffic: Traffic, status: number, body: string): void {
  if (status !== 200) throw new Error(`status ${status} to a ${traffic} request: ${body.slice(0, 300)}`)
  if (traffic === 'health') return
  if (traffic === 'tools') expectEnd(JSON.parse(body)?.choices?.[0])
  else if (traffic === 'embeddings') checkVectors(JSON.parse(body)?.data)
  else if (traffic === 'json' || traffic === 'image' || traffic === 'conversation')
    expectText(JSON.parse(body)?.choices?.[0]?.message?.content, replyText)
  else checkStream(body)
}

function checkVectors(data: readonly { readonly index?: number; readonly embedding?: readonly number[] }[]): void {
  const isRight = data.every(({ index, embedding }, place) => index === place && embedding?.length === dimensions)
  if (data.length !== batchSize || !isRight) throw new Error(`a wrong batch of ${data.length} vectors`)
}

function checkStream(body: string): void {
  const data = body.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []))
  const last = data.at(-1)
  if (last !== '[DONE]' && last?.includes('"message_stop"') !== true) {
    throw new Error(`a stream without its end: ${body.slice(-200)}`)
  }
  const pieces = data
    .filter((event) => event !== '[DONE]')
    .map((event): unknown => pieceOf(JSON.parse(event)))
    .filter((content) => typeof content === 'string' && content !== '')
  if (pieces.length !== chunkCount) throw new Error(`${pieces.length} chunks of a stream of ${chunkCount}`)
  expectText(pieces.join(''), replyPieces.join(''))
}

/** Returns the text of an event of chat completions, of Messages or of Responses. */
function pieceOf(event: {
  readonly type?: string
  readonly delta?: string | { readonly text?: unknown }
  readonly choices?: readonly { readonly delta?: { readonly content?: unknown } }[]
}): unknown {
  const { type, delta, choices } = event
  if (type === 'response.output_text.delta') return delta
  return typeof delta === 'object' ? delta.text : choices?.[0]?.delta?.content
}

function expectText(text: unknown, expected: string): void {
  if (text !== expected)
    throw new Error(`a wrong reply: ${JSON.stringify(text)} instead of ${JSON.stringify(expected)}`)
}

/** A gateway that runs the tool hands back the text of the last turn; the bare proxy hands back the call of the first. */
function expectEnd(choice: { finish_reason?: string; message?: { content?: unknown } } | undefined): void {
  if (choice?.finish_reason !== 'tool_calls') expectText(choice?.message?.content, replyText)
}
