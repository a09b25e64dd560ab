import buildConnector from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'

interface DispatcherOptions {
  /** Upper bound of TCP and TLS set-up, in milliseconds. Read for each connection, because it may change. */
  readonly connectMs: number
}

/**
 * One pool of connections per upstream origin, shared by all calls. Call `close()` to let running calls end, `destroy()` to
 * end them.
 */
export function createDispatcher(options: DispatcherOptions): Agent {
  let { connectMs } = options
  let connect = connectorFor(connectMs)
  return new Agent({
    // A stream holds its connection from first to last token, so this bounds the streams per provider; a call that waits
    // for a place is given up after `connectMs`. High enough to be met only when something is wrong, low enough that
    // an upstream which never ends its answers cannot eat all file descriptors.
    connections: 4096,
    pipelining: 1,
    allowH2: false,
    connect(target, callback) {
      if (options.connectMs !== connectMs) {
        connectMs = options.connectMs
        connect = connectorFor(connectMs)
      }
      connect(target, callback)
    },
    // Longer than undici's 4 s: an agent's next turn often comes within seconds and saves a TLS handshake. A server that closes
    // earlier announces it (`keep-alive: timeout=`) or resets, and the attempt loop calls again. Shorter than the half
    // minute after which idle memory should be given back.
    keepAliveTimeout: 20_000,
    // The call's own deadline knows first tokens from idling and a slow client from a slow upstream (call-deadline.ts).
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

function connectorFor(connectMs: number): buildConnector.connector {
  const options = {
    allowH2: false,
    // The call gives up at `connectMs`; this ends what is left of the attempt, unless another call can use the connection.
    timeout: connectMs + 100,
    // What a paused socket has read ahead is memory that a slow client holds. (For `net.connect`; undici's types lack it.)
    highWaterMark: 16_384,
  }
  return buildConnector(options)
}
