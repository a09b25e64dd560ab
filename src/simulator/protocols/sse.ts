import type { Framing } from './protocol.ts'

/** Server-sent events without event names, as OpenAI sends them. */
export const sse: Framing = {
  contentType: 'text/event-stream',
  frame: (json) => `data: ${json}\n\n`,
  broken: 'data: {"id":"broken","choices":[{"index":0,"delta":{"content":"bro\n\n',
  comment: ': keep-alive\n\n',
}
