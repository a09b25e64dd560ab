import { type BigIntStats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'

/** A watch of the configuration file. */
export interface ConfigWatch {
  /** Begins to look. */
  start(): void
  /** Notes that the file is about to be read: only what changes from now on is news. */
  noteRead(): void
  close(): void
}

const usualMs = 1_000
/** A file that is replaced may be gone for a moment. So many looks in a row must find it gone before that counts as a change. */
const looksUntilGone = 5

/**
 * Watches the configuration file, from this call on. It looks at the file every second, through all links, which notices every way to change
 * it: editors that write a new file, links that are moved (as Kubernetes does), and network drives. A change counts once the file has
 * stayed as it is for one look, so that a file is not read while it is being written.
 * @param paths Where the file may be. The first that exists is watched from then on.
 */
export function watchConfigFile(
  paths: readonly string[],
  onChange: () => void,
  intervalMs: number = usualMs,
): ConfigWatch {
  let found = paths.find((path) => stateNow(path) !== gone)
  let known = found === undefined ? gone : stateNow(found)
  let seen = known
  let looks = 0
  let isLooking = false
  let timer: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    // On a network drive that hangs, a look may take long.
    if (isLooking) return
    isLooking = true
    const state = await find()
    isLooking = false
    looks = state === seen ? looks + 1 : 0
    seen = state
    if (timer === undefined || state === known || looks < (state === gone ? looksUntilGone : 1)) return
    known = state
    onChange()
  }

  async function find(): Promise<string> {
    for (const path of found === undefined ? paths : [found]) {
      const state = await stat(path, { bigint: true }).then(describe, () => gone)
      if (state === gone) continue
      found = path
      return state
    }
    return gone
  }

  return {
    start() {
      timer ??= setInterval(() => void look(), intervalMs).unref()
    },
    noteRead() {
      if (found !== undefined) known = stateNow(found)
    },
    close() {
      clearInterval(timer)
      timer = undefined
    },
  }
}

/** There is no file, or none that can be reached. */
const gone = 'gone'

/** Returns a text that is another one after every change of the file. */
const describe = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(' ')

function stateNow(path: string): string {
  try {
    return describe(statSync(path, { bigint: true }))
  } catch {
    return gone
  }
}
