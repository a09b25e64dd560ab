import { setTimeout as pause } from 'node:timers/promises'
import { atRate, type Load, openFiles, percentile, residentMb, withGateway } from './load.ts'

const keys = Array.from({ length: 10_000 }, (_, index) => `sk-or-v1-test-key-number-${index}`)
const mostPerSecond = 200
const faulty = 'status-503'
/** How long connections may be kept when all is done, and how many files may be open after that. */
const keptSeconds = 120
const mostLeft = 10

/** Fault 24, shortened: hours of traffic with cancels, failures and many keys leave nothing behind. */
export const longRun =
  (minutes: number): Load =>
  (scale) =>
    withGateway(
      { [faulty]: null },
      async (gateway, simulator) => {
        const perSecond = mostPerSecond * scale
        const send = async (): Promise<void> => {
          const key = keys[Math.floor(Math.random() * keys.length)] ?? ''
          const [stream, fails, leaves] = [Math.random() < 0.5, Math.random() < 0.05, Math.random() < 0.1]
          const model = fails ? `acme/${faulty}` : leaves ? 'acme/slow' : 'acme/fast'
          const body = { model, stream, messages: [{ role: 'user', content: 'hi' }] }
          const signal = leaves ? AbortSignal.timeout(20 + Math.floor(Math.random() * 60)) : null
          const reply = await gateway.post(body, key, signal).catch(() => null)
          await reply?.arrayBuffer().catch(() => {})
        }
        const parts = Math.max(4, minutes * 2)
        const [memory, p99s]: [number[], number[]] = [[], []]
        const files = openFiles(gateway.pid)
        for (let part = 0; part < parts; part++) {
          p99s.push(percentile(await atRate(perSecond, (minutes * 60) / parts, send), 0.99))
          memory.push(residentMb(gateway.pid))
          simulator.clearJournal()
        }
        // Connections to the simulator and from the clients are kept for a while.
        const opened = (): number => openFiles(gateway.pid) - files
        for (let waited = 0; waited < keptSeconds && opened() > mostLeft; waited++) await pause(1_000)
        const left = opened()
        const list = (values: readonly number[]): string => values.map((value) => value.toFixed(0)).join(' ')
        return {
          line: `${minutes} minutes of ${perSecond} requests a second, 10,000 keys: memory in MB ${list(memory)}; p99 in ms ${list(p99s)}; ${left} more open files than before`,
          faults: left > mostLeft ? [`${left} files were left open`] : [],
        }
      },
      keys,
    )
