interface ServerEvent {
  readonly event: string
  readonly data: string
}

/** The most characters of one event. Nothing that the gateway sends is longer, except for images. */
const longest = 64_000_000

/** Reads the events of an event stream. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (response.body === null) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      rest += value
      if (rest.length > longest) throw new Error('The stream has an event that is too long.')
      const events = rest.split(/\r?\n\r?\n/)
      rest = events.pop() ?? ''
      for (const text of events) {
        const event = parse(text)
        if (event.data !== '') yield event
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function parse(text: string): ServerEvent {
  let event = 'message'
  const data: string[] = []
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('event:')) event = line.slice(6).trim()
    if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
  }
  return { event, data: data.join('\n') }
}
