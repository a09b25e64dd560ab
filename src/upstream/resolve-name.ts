import { lookup, Resolver } from 'node:dns/promises'

/** All IP addresses of a host name; none where it is unknown. A pending answer is given up when the signal aborts. */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<readonly string[]>

/** By the system: the hosts file and search domains count, so that names which only this machine knows are found. */
export const askSystem: ResolveName = async (name, signal) => {
  const found = lookup(name, { all: true }).then(
    (addresses) => addresses.map(({ address }) => address),
    () => [],
  )
  return Promise.race([found, whenAborted(signal)])
}

/**
 * By DNS alone. The system's way holds one of a handful of threads while it waits, and our own look-ups wait for the same threads: a
 * stranger's slow name server could stop the calls to every provider.
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
