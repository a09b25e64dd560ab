import { faults } from '../src/chaos/faults.ts'
import { most } from '../src/chaos/staged-config.ts'
import { writeOrCheck } from './write-or-check.ts'

const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`

const rows = faults.map(
  ({ slug, fault, expected, failoverBench = '', lacks }) =>
    `| \`${slug}\` | ${fault} | ${expected} | ${lacks === undefined ? 'yes' : 'it depends'} | ${failoverBench} |`,
)

writeOrCheck(
  'docs/chaos.md',
  `# Playing faults

\`waygate chaos\` shows what your clients would see if a provider failed tonight. It starts a gateway with the shape of your configuration (its
models, endpoints, order, keys in number, routing and rescue), puts [simulated providers](simulator.md) in the places of the real ones, lets
the first choice misbehave in each way of the table below, and prints a scorecard. It takes about half a minute.

\`\`\`sh
waygate chaos                                # for default_model, else the first model that is configured or offered
waygate chaos --model acme/m1                # for this model
waygate chaos --request request.json         # for this chat request, with its models, order and preferences
waygate chaos --only cut,stall               # only these faults
waygate chaos --list                         # what the faults are
waygate chaos --json                         # for programs
\`\`\`

Nothing real is touched: no provider is called, no key is used or read, and the database is in memory. A running server does not notice.

\`\`\`
pass  unavailable        the whole answer from prov-b in 0.0 s; called prov-a, prov-b
lost  cut                error 502 in the stream after 40 words in 0.1 s: prov-a cut its answer before the end (ECONNRESET).; called prov-a
      not survivable here: stream_rescue is off, so an answer that began is not continued elsewhere
\`\`\`

| verdict | meaning |
|---|---|
| \`pass\` | The client got what it would have got without the fault, and the provider was treated as it should be. |
| \`lost\` | The configuration cannot survive the fault, for the reason in the next line; the client got an honest error. Change the configuration if that matters to you. In JSON: \`not-survivable\`. |
| \`FAIL\` | The gateway did something that it must not do, whatever the configuration: an incomplete answer that looks complete, a request that never ends, a provider that is hammered, a charge for a failed call. Please report it. |

The exit code is 1 where a fault failed, and 0 otherwise, so that the command can stand in a pipeline.

What is different from the real gateway: the limits are at most ${seconds(most.connectMs)} for connecting, ${seconds(most.firstTokenMs)} for the first token,
${seconds(most.idleMs)} for silence and ${seconds(most.totalMs)} for a whole request, an outage lasts at most ${seconds(most.outageMs)} and is probed every
${seconds(most.probeMs)}, a frame may have ${most.frameBytes / 1024 ** 2} MB, draws of load balancing always fall on the cheapest endpoint, and plugins of accounts
do not run. Two endpoints with the same model id at one provider misbehave together.

## The faults

“It depends”: a configuration may lack what it takes, such as a second endpoint. The last column has the scenario of the same fault in the
public [Failover Bench](https://github.com/failoverbench/failoverbench).

| fault | the provider of the first choice | what is expected | survived by every configuration | Failover Bench |
|---|---|---|---|---|
${rows.join('\n')}
`,
)
