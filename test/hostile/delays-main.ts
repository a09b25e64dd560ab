/**
 * Prints how long `/healthz` took while each hostile input ran: `node test/hostile/delays-main.ts [word of a title]`. The figures depend on
 * the machine, so no test asserts them.
 */
import { startHealthProbe } from './health-probe.ts'
import { startHostileGateway } from './hostile-gateway.ts'
import { hostileInputs } from './hostile-inputs.ts'

const [word = ''] = process.argv.slice(2)
const failed = (error: unknown): string =>
  `  FAILED: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`
const ms = (delay: number | undefined): string => `${(delay ?? NaN).toFixed(0)} ms`.padStart(9)

console.log('   median       99 %     worst   of /healthz while')
for (const { title, run } of hostileInputs.filter((input) => input.title.includes(word))) {
  const gateway = await startHostileGateway()
  // Code that runs for the first time is slower.
  await (await gateway.chat({})).text()
  const probe = await startHealthProbe(gateway.url)
  const unanswered = probe.unanswered.then(() => '  IT HANGS')
  const failure = await Promise.race([run(gateway).then(() => '', failed), unanswered])
  const delays = [...(await probe.stop())].sort((a, b) => a - b)
  const at = (share: number): string => ms(delays[Math.min(delays.length - 1, Math.floor(delays.length * share))])
  console.log(`${at(0.5)}  ${at(0.99)} ${at(1)}   ${title}${failure}${gateway.alive() ? '' : '  THE PROCESS DIED'}`)
  await gateway.close()
}
