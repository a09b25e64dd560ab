import { StorageError } from '../stores/storage-error.ts'
import { loadDriver } from '../load-driver.ts'
import { within } from '../../util/within.ts'

type Driver = typeof import('@redis/client')
type Client = ReturnType<typeof newClient>

/** How long a connection may take to be made, with the answer to its first command. */
const connectMs = 2_000

/**
 * Sends a command, and returns the reply unchanged. Rejects with a StorageError for an error reply, and with another error once the link
 * has ended.
 */
export type Send = (command: readonly string[]) => Promise<unknown>

/**
 * Two connections to the server, from when both work until the first of them is lost: one for commands, and one that waits for facts. They
 * are never repaired: another link is opened instead, so that no late reply to an old command can arrive.
 */
export interface RedisLink {
  readonly send: Send
  readonly wait: Send
  /** Aborted with the reason once the link has ended. */
  readonly signal: AbortSignal
  /** Ends the link. Idempotent. */
  end(reason: Error): void
}

/** Opens links to one server. */
export type OpenLink = (stop: AbortSignal) => Promise<RedisLink>

/**
 * Loads the driver, and returns a function that opens links.
 * @throws StorageError where the driver is not installed, and for an address that it cannot read. It does not quote the address.
 */
export async function redisLinks(url: string): Promise<OpenLink> {
  const driver = await loadDriver(
    () => import('@redis/client'),
    'storage.redis_url names a Redis server, for which the package @redis/client is missing. Install it with `npm install @redis/client`, or remove the setting.',
  )
  checkAddress(driver, url)
  return (stop) => openLink(driver, url, stop)
}

function checkAddress(driver: Driver, url: string): void {
  try {
    newClient(driver, url)
  } catch {
    throw new StorageError(
      'storage.redis_url is not a valid address; write redis://user:password@host:6379/0, with special characters of the password percent-encoded.',
      { transient: false },
    )
  }
}

const newClient = ({ createClient }: Driver, url: string) =>
  createClient({
    url,
    // The older protocol: every server supports it, and replies are plain lists.
    RESP: 2,
    socket: { connectTimeout: connectMs, reconnectStrategy: false },
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  })

async function openLink(driver: Driver, url: string, stop: AbortSignal): Promise<RedisLink> {
  const [commands, waiting] = [newClient(driver, url), newClient(driver, url)]
  const clients = [commands, waiting]
  const ended = new AbortController()
  const end = (reason: Error): void => {
    if (ended.signal.aborted) return
    ended.abort(reason)
    stop.removeEventListener('abort', onStop)
    for (const client of clients) client.destroy()
  }
  const onStop = (): void => end(new Error('The gateway stops.'))
  stop.addEventListener('abort', onStop)
  for (const client of clients) client.on('error', end)
  const sender =
    (client: Client): Send =>
    async (command) => {
      try {
        return await client.sendCommand(command)
      } catch (error) {
        throw error instanceof driver.ErrorReply ? new StorageError(error.message, { transient: true }) : error
      }
    }
  try {
    const connected = Promise.all(clients.map((client) => client.connect()))
    await within(connectMs, connected, () => new Error(`Redis did not answer within ${connectMs} ms.`))
  } catch (error) {
    end(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
  return { send: sender(commands), wait: sender(waiting), signal: ended.signal, end }
}
