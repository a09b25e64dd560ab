import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * The folder of replies that providers really sent: `<provider>/<name>.json` is a whole body, `<name>.chunks.txt` one event a line.
 * They are not part of this repository.
 */
export const recordings = process.env['WAYGATE_RECORDINGS']

const readRecording = (name: string): string => readFileSync(join(recordings ?? '', name), 'utf8')

/** How a language puts the events of a stream on the wire. */
export interface ReplayFraming {
  readonly contentType: string
  /** The bytes of one recorded line. */
  readonly frame: (line: string) => string | Buffer
  /** What ends a stream besides its events. */
  readonly end?: string
  /** Whether a recorded line begins a reply: `<name>#2` is the second reply of a recording that holds several. */
  readonly begins?: (line: string) => boolean
}

export interface Replay {
  readonly url: string
  close(): void
}

/**
 * An upstream that replays: the model that is asked for is the name of a recording. Streams are cut at random places, also inside
 * characters, the same ones for the same name.
 * @param nameOf Finds the model in the path, for languages that name it there.
 */
export async function startReplay(
  { contentType, frame, end = '', begins = () => false }: ReplayFraming,
  nameOf?: (path: string) => string,
): Promise<Replay> {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    const name: string = nameOf?.(request.url ?? '') ?? JSON.parse(text).model
    const [file = '', part] = name.split('#')
    const recorded = readRecording(file)
    if (name.endsWith('.json')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(recorded)
      return
    }
    response.writeHead(200, { 'content-type': contentType })
    let reply = 0
    const lines = recorded.split('\n').filter((line) => {
      if (line.trim() !== '' && begins(line)) reply++
      return line.trim() !== '' && (part === undefined || reply === Number(part))
    })
    const bytes = Buffer.concat([...lines.map((line) => Buffer.from(frame(line))), Buffer.from(end)])
    for (const piece of pieces(bytes, name)) {
      response.write(piece)
      await nextTurn()
    }
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    close: () => server.close(),
  }
}

const longestPiece = 200

function* pieces(bytes: Buffer, name: string): Generator<Buffer> {
  let seed = 1 + Buffer.from(name).reduce((sum, letter) => (sum * 31 + letter) % 1_000_003, 7)
  let start = 0
  while (start < bytes.length) {
    seed = (seed * 48_271) % 2_147_483_647
    const size = 1 + (seed % longestPiece)
    yield bytes.subarray(start, start + size)
    start += size
  }
}
