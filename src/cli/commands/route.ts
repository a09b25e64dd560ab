import { Command } from 'commander'
import type { Gateway } from '../../gateway.ts'
import { readEnvironment } from '../../config/read-environment.ts'
import { isObject, objectOf, stringOf } from '../../util/json.ts'
import { configOption } from '../options.ts'
import { printTable } from '../print-table.ts'
import { askGateway, readConfig, type ConfigOption } from '../read-config.ts'
import { plainRequest, readRequest } from '../read-request.ts'
import { messageOf } from '../../util/message-of.ts'
import { trimEnd } from '../../util/trim-end.ts'

interface Options extends ConfigOption {
  readonly explain: boolean
  readonly request?: string
  readonly server?: string
}

/** The answer of `POST /route`, from a running server or from a gateway in this process. */
type Explanation = ReturnType<Gateway['explain']>
type Candidate = Explanation['candidates'][number]

export const route = new Command('route')
  .description('Show where a request for a model would go, first choice first.')
  .argument('<model>', 'slug, alias or router model')
  .option('--explain', 'say why, also of those that are left out', false)
  .option('--request <file>', 'JSON file with the body of a chat request; its model is replaced')
  .option('--server <url>', 'ask a running server, which knows how its endpoints are doing; reads WAYGATE_API_KEY')
  .addOption(configOption())
  .action(async (model: string, options: Options) => {
    const body = { ...(options.request === undefined ? plainRequest : readRequest(options.request)), model }
    const explanation =
      options.server === undefined
        ? await askGateway(readConfig(options), (gateway) => gateway.explain(body))
        : await askServer(options.server, body)
    if (explanation.error !== null && explanation.candidates.length === 0) throw new Error(explanation.error.message)
    if (options.explain) print(explanation)
    else printTable(heads, explanation.candidates.filter(isTried).map(row))
    if (explanation.error !== null) throw new Error(explanation.error.message)
  })

/**
 * Sends the request to a running server.
 * @throws Error with the server's message.
 */
async function askServer(server: string, body: object): Promise<Explanation> {
  if (!/^https?:\/\//.test(server)) {
    throw new Error(`--server must be the address of a server, such as http://127.0.0.1:8402, not ${server}.`)
  }
  const key = readEnvironment()['WAYGATE_API_KEY']
  if (!key) throw new Error(`Set WAYGATE_API_KEY to an API key of ${server}.`)
  const response = await fetch(`${trimEnd(server, '/')}/api/v1/route`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new Error(`${server} does not answer: ${reasonOf(error)}`)
  })
  const answer = objectOf(await response.json().catch(() => null))
  const explanation = answer?.['data']
  if (isExplanation(explanation)) return explanation
  const said = stringOf(objectOf(answer?.['error'])?.['message']) ?? `HTTP ${response.status}`
  throw new Error(`${server} does not explain: ${said}`)
}

/** Returns the cause of a failed `fetch`, because the error itself states only that it failed. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return messageOf(reason)
}

/** Whether a server's answer has the parts that are printed. A server of another version may send more, or something else. */
const isExplanation = (value: unknown): value is Explanation =>
  isObject(value) && Array.isArray(value['candidates']) && Array.isArray(value['ranked_by'])

const heads = ['', 'ENDPOINT', 'MODEL', 'UPSTREAM MODEL', 'PROMPT', 'COMPLETION', 'COST']

const isTried = ({ place }: Candidate): boolean => place !== null

const row = (candidate: Candidate): readonly string[] => [
  candidate.place === null ? '-' : String(candidate.place),
  candidate.endpoint,
  candidate.model,
  candidate.upstream_model,
  `$${candidate.prompt_price}`,
  `$${candidate.completion_price}`,
  `$${candidate.estimated_cost.toFixed(6)}`,
]

function print(explanation: Explanation): void {
  const { requested, strategy, models, router, prompt_tokens, completion_tokens, ranked_by, candidates } = explanation
  const said =
    router === null ? [] : [`Router       ${router.name}: ${router.summary ?? ''} ${JSON.stringify(router.data ?? {})}`]
  const rules = ranked_by.map((names) => (names.length === 0 ? 'configured order' : names.join(', then ')))
  const lines = [
    `Requested    ${requested} (${strategy})`,
    ...said,
    `Models       ${models.join(', then ')}`,
    `Ordered by   ${[...new Set(rules)].join('; ') || 'nothing: no endpoint is left'}`,
    `Cost is for  ${prompt_tokens} prompt and ${completion_tokens} completion tokens`,
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  printTable(
    [...heads, 'WHY'],
    candidates.map((candidate) => [...row(candidate), why(candidate)]),
  )
}

function why(candidate: Candidate): string {
  const { excluded_by, first_pick_share, condition, rate_limited, uptime_class, latency_p50, throughput_p50 } =
    candidate
  if (excluded_by !== null) return `left out by ${excluded_by.rule} (${excluded_by.field}): ${excluded_by.detail}`
  return [
    candidate.sticky ? ['the session is with it'] : [],
    first_pick_share === null ? [] : [`first in ${(first_pick_share * 100).toFixed(1)} % of draws`],
    condition === 'stable' ? [] : [condition === 'probe-due' ? 'was down, due to be tried again' : 'down lately'],
    rate_limited ? ['rate limited'] : [],
    uptime_class === 'lower' || uptime_class === 'last' ? [`poor uptime (${uptime_class})`] : [],
    latency_p50 === null ? [] : [`first token in ${Math.round(latency_p50)} ms`],
    throughput_p50 === null ? [] : [`${Math.round(throughput_p50)} tokens/s`],
  ]
    .flat()
    .join(', ')
}
