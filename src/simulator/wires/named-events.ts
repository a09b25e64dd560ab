import type { Framing } from './wire.ts'

/**
 * Server-sent events that are named by the `type` in their JSON; an error object, which has none, is one of the type `error`.
 * @param beginning Of an event whose JSON breaks off.
 */
export const namedEvents = (beginning: string): Framing => ({
  contentType: 'text/event-stream',
  frame(json) {
    const type = /^\{"type":"([^"]+)"/.exec(json)?.[1]
    return type === undefined ? frame('error', `{"type":"error",${json.slice(1)}`) : frame(type, json)
  },
  broken: `event: broken\ndata: ${beginning}\n\n`,
  comment: ': keep-alive\n\n',
})

const frame = (name: string, json: string): string => `event: ${name}\ndata: ${json}\n\n`
