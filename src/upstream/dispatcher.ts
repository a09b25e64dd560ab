import buildConnector from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'

interface DispatcherOptions {
  /** The limit of TCP and TLS set-up, in milliseconds. It is read for each connection, because it may change. */
  readonly connectMs: number
}

/**
 * Makes the agent that all calls share, with one pool of connections for each upstream origin. Call `close()` to let running calls end,
 * `destroy()` to end them.
 */
export function createDispatcher(options: DispatcherOptions): Agent {
  let { connectMs } = options
  let connect = connectorFor(connectMs)
  return new Agent({
    // A stream holds its connection from first to last token, so this limits the streams per provider. A call that waits for a connection
    // is given up after `connectMs`. The number is so high that it is reached only when something is wrong, and so low that an upstream
    // which never ends its answers cannot use all file descriptors.
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
    // Longer than undici's 4 s: the next request of an agent often comes within seconds and saves a TLS handshake. A server that closes
    // earlier announces it (`keep-alive: timeout=`) or resets, and the attempt loop calls again. Shorter than the half minute after
    // which idle memory should be released.
    keepAliveTimeout: 20_000,
    // The call has its own deadline, with different limits for first tokens and for pauses, and for slow clients and slow upstreams
    // (call-deadline.ts).
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

function connectorFor(connectMs: number): buildConnector.connector {
  const options = {
    allowH2: false,
    // The call gives up at `connectMs`. This ends the rest of the connection attempt, unless another call can use the connection.
    timeout: connectMs + 100,
    // Data that a paused socket has read in advance is memory that a slow client occupies. (For `net.connect`; undici's types lack it.)
    highWaterMark: 16_384,
  }
  return buildConnector(options)
}
