import type { Framing } from './protocol.ts'

/**
 * Creates the framing of server-sent events whose name is the `type` in their JSON. An error object has no `type`, so its event is named
 * `error`.
 * @param beginning The beginning of an event whose JSON breaks off.
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
