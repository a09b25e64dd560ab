import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** A folder of replies: `<provider>/<name>.json` is a complete body, `<name>.chunks.txt` a stream with one event per line. */
export interface ReplyFolder {
  readonly name: 'our own replies' | 'recorded replies (WAYGATE_RECORDINGS)'
  readonly path: string
}

const recordings = process.env['WAYGATE_RECORDINGS']

/**
 * Replies in the formats of vendors that belong to this repository and, where the variable names a folder, recorded replies of vendors,
 * which do not.
 */
export const replyFolders: readonly ReplyFolder[] = [
  { name: 'our own replies', path: fileURLToPath(new URL('../fixtures/replies', import.meta.url)) },
  ...(recordings === undefined ? [] : [{ name: 'recorded replies (WAYGATE_RECORDINGS)', path: recordings } as const]),
]

/** How a protocol writes the events of a stream. */
export interface ReplayFraming {
  readonly contentType: string
  /** Returns the bytes of one recorded line. */
  readonly frame: (line: string) => string | Buffer
  /** What ends a stream besides its events. */
  readonly end?: string
  /** Whether a recorded line begins a reply: `<name>#2` is the second reply of a file with several. */
  readonly begins?: (line: string) => boolean
  /** The status of a complete body. Default: 200. */
  readonly statusOf?: (name: string) => number
}

export interface Replay {
  readonly url: string
  close(): void
}

/**
 * Starts an upstream that replays recorded replies. The requested model is the name of a reply in the folder. Streams are cut at random
 * places, also inside characters, which are the same for the same name.
 * @param nameOf Finds the model in the path, for protocols that have it there.
 */
export async function startReplay(
  folder: ReplyFolder,
  { contentType, frame, end = '', begins = () => false, statusOf = () => 200 }: ReplayFraming,
  nameOf?: (path: string) => string,
): Promise<Replay> {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    const name: string = nameOf?.(request.url ?? '') ?? JSON.parse(text).model
    const [file = '', part] = name.split('#')
    const recorded = readFileSync(join(folder.path, file), 'utf8')
    if (name.endsWith('.json')) {
      response.writeHead(statusOf(name), { 'content-type': 'application/json' }).end(recorded)
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
