import { lookup, Resolver } from 'node:dns/promises'

/** Returns all IP addresses of a host name; none where it is unknown. A pending look-up is given up when the signal aborts. */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<readonly string[]>

/**
 * Resolves a name with the system's resolver, which uses the hosts file and search domains, so that names of only this machine are found.
 */
export const askSystem: ResolveName = async (name, signal) => {
  const found = lookup(name, { all: true }).then(
    (addresses) => addresses.map(({ address }) => address),
    () => [],
  )
  return Promise.race([found, whenAborted(signal)])
}

/**
 * Resolves a name with DNS alone. The system's resolver occupies one of a few threads while it waits, and the gateway's own look-ups need
 * the same threads: a slow name server of a stranger could stop the calls to every provider.
 */
export const askNameServers: ResolveName = async (name, signal) => {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  const cancel = (): void => resolver.cancel()
  signal.addEventListener('abort', cancel)
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  signal.removeEventListener('abort', cancel)
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}

function whenAborted(signal: AbortSignal): Promise<readonly string[]> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve([]), { once: true }))
}
