import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be cut, as a network can. */
export interface CuttableConnection {
  /** The URL of the server by this way. */
  readonly url: string
  /** `away`: connections are refused and end. `silent`: nothing passes, and nothing ends. */
  set(state: 'open' | 'away' | 'silent'): void
  /** Lets nothing more pass over the connections that exist, and does not end them, as where another server took the address over. */
  strand(): void
  close(): Promise<void>
}

/** Opens a way to the server of a URL. */
export async function cuttable(url: string): Promise<CuttableConnection> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const stranded = new Set<Socket>()
  let state: 'open' | 'away' | 'silent' = 'open'
  const server = createServer((inside) => {
    if (state === 'away') {
      inside.destroy()
      return
    }
    const outside = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.on('data', (bytes) => void to.write(bytes))
      if (state === 'silent') from.pause()
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const through = new URL(url)
  through.port = String(Object(server.address()).port)
  const destroyAll = () => sockets.forEach((socket) => socket.destroy())
  return {
    url: through.href,
    set(next) {
      state = next
      if (state === 'away') destroyAll()
      for (const socket of sockets) {
        if (state === 'silent') socket.pause()
        else socket.resume()
      }
    },
    strand() {
      for (const socket of sockets) {
        socket.pause()
        stranded.add(socket)
      }
      sockets.clear()
    },
    async close() {
      server.close()
      destroyAll()
      stranded.forEach((socket) => socket.destroy())
      await once(server, 'close')
    },
  }
}
