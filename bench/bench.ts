/** The bench. `npm run bench -- --help` lists its options. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { forkLoadGenerator, forkUpstream } from './processes.ts'
import type { Bench, Measure } from './measure.ts'
import { conversation } from './measures/conversation.ts'
import { embeddings } from './measures/embeddings.ts'
import { garbage } from './measures/garbage.ts'
import { image } from './measures/image.ts'
import { json } from './measures/json.ts'
import { latency } from './measures/latency.ts'
import { idleStreams, memory } from './measures/memory.ts'
import { messagesTranslated } from './measures/messages-translated.ts'
import { messages } from './measures/messages.ts'
import { paced } from './measures/paced.ts'
import { steady } from './measures/rate.ts'
import { responses } from './measures/responses.ts'
import { start } from './measures/start.ts'
import { stream } from './measures/stream.ts'
import { tools } from './measures/tools.ts'
import { translated } from './measures/translated.ts'
import { machine, renderRouting, renderTable, renderValidate, reportRows } from './report.ts'
import type { RoutingRow } from './routing.ts'
import { runRounds, type Outcome } from './run-rounds.ts'
import { startSubject, type RunningSubject } from './start-subject.ts'
import { knownSubjects, subjectOfCommand, type Subject } from './subjects.ts'
import type { ValidateRow } from './validate.ts'

const measures: readonly Measure[] = [
  json,
  stream,
  paced,
  translated,
  conversation,
  image,
  steady,
  latency,
  memory,
  idleStreams,
  start,
  tools,
  messages,
  responses,
  messagesTranslated,
  embeddings,
  garbage,
]

const usage = `npm run bench -- [options]
       npm run bench -- storage [--generations N] [--only sqlite]   the queries of the ledger on SQLite and PostgreSQL; ten million generations take half an hour
  --only json,stream     of json, stream, paced, translated, conversation, image, rate, latency, memory, start (the default: these ten), tools,
                         messages, responses, messages-translated, embeddings, garbage, validate, routing
  --subjects bare,…      of ${knownSubjects.map(({ name }) => name).join(', ')}; default: bare,waygate
  --subject 'x=command'  another gateway, with {port} and {upstream} in its command; may be repeated
  --rounds N             default 5
  --quick                fewer and shorter rounds: about a minute, and noisier
  --json FILE            also write the figures
`

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    generations: { type: 'string', default: '10000000' },
    only: { type: 'string', default: 'json,stream,paced,translated,conversation,image,rate,latency,memory,start' },
    subjects: { type: 'string', default: 'bare,waygate' },
    subject: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

// A bench that is interrupted also stops its subjects, which end on `exit`.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

if (options.help) console.log(usage)
else if (positionals[0] === 'storage') process.exit(await storage())
else if (positionals.length > 0) throw new Error(`there is no bench ${positionals[0]}; there is storage`)
else if (process.platform !== 'linux') throw new Error('the bench reads /proc: it runs on Linux only')
else process.exit(await main())

/** Returns the exit code: 1 when a query takes longer than it may. */
async function storage(): Promise<number> {
  const { measureStorage } = await import('./storage.ts')
  return (await measureStorage(Number(options.generations), options.only)) ? 0 : 1
}

/** Returns the exit code: 1 when one of Waygate's own subjects gave a wrong reply or none. */
async function main(): Promise<number> {
  const only = options.only.split(',')
  const chosen = only
    .filter((name) => name !== 'validate' && name !== 'routing')
    .flatMap((name) => named(measures, name, '--only'))
  const subjects = [
    ...options.subjects.split(',').flatMap((name) => named(knownSubjects, name, '--subjects')),
    ...options.subject.map(subjectOfCommand),
  ]
  const outcomes = await measureAll(chosen, subjects)
  // Imported only when requested, because nothing else here depends on the gateway's sources.
  const validate = only.includes('validate') ? (await import('./validate.ts')).measureValidate() : []
  const routing = only.includes('routing') ? (await import('./routing.ts')).measureRouting() : []
  report(outcomes, subjects, validate, routing)
  return subjects.some(({ name, required }) => required && outcomes.some(({ failures }) => failures.has(name))) ? 1 : 0
}

async function measureAll(chosen: readonly Measure[], subjects: readonly Subject[]): Promise<Outcome[]> {
  if (chosen.length === 0) return []
  const origin = `http://127.0.0.1:${await forkUpstream()}`
  const upstream = `${origin}/v1`
  const shared = new Map<string, Promise<RunningSubject>>()
  const bench: Bench = {
    load: forkLoadGenerator(),
    probe: forkLoadGenerator(),
    direct: { origin, path: '/v1/chat/completions', healthPath: '/', headers: {} },
    seconds: options.quick ? 0.8 : 3,
    // After about ten thousand requests the compiler has optimised a subject. Before that a request costs up to three times as much.
    warmUpSeconds: options.quick ? 1.5 : 5,
    running(subject) {
      const process = shared.get(subject.name) ?? startSubject(subject, upstream)
      shared.set(subject.name, process)
      return process
    },
    async fresh(subject, work) {
      const process = await startSubject(subject, upstream)
      try {
        return await work(process)
      } finally {
        await process.stop()
      }
    },
  }
  const outcomes: Outcome[] = []
  for (const measure of chosen) outcomes.push(await runRounds(measure, subjects, roundsOf(measure), bench))
  await Promise.allSettled([...shared.values()].map(async (process) => (await process).stop()))
  return outcomes
}

function roundsOf({ warmUp }: Measure): number {
  const quick = warmUp ? 2 : 1
  return Number(options.rounds ?? (options.quick ? quick : 5))
}

function report(
  outcomes: readonly Outcome[],
  subjects: readonly Subject[],
  validate: readonly ValidateRow[],
  routing: readonly RoutingRow[],
): void {
  const names = subjects.map(({ name }) => name)
  const rows = reportRows(outcomes, names)
  const failures = failuresOf(outcomes)
  console.log(machine())
  if (rows.length > 0) console.log(`\n${renderTable(rows, names)}`)
  if (validate.length > 0) console.log(`\n${renderValidate(validate)}`)
  if (routing.length > 0) console.log(`\n${renderRouting(routing, rows)}`)
  for (const { measures, subject, reason } of failures) {
    console.log(`\n${subject} failed at ${measures.join(', ')}: ${reason}`)
  }
  if (options.json !== undefined) {
    writeFileSync(options.json, JSON.stringify({ machine: machine(), rows, validate, routing, failures }, null, 2))
  }
}

/** Reports each reason once, because a subject that does not start fails at every measure. */
function failuresOf(outcomes: readonly Outcome[]) {
  const all = outcomes.flatMap(({ measure, failures }) =>
    [...failures].map(([subject, reason]) => ({ measure: measure.name, subject, reason })),
  )
  return Object.values(Object.groupBy(all, ({ subject, reason }) => `${subject} ${reason}`)).flatMap((group = []) => {
    const [first] = group
    if (first === undefined) return []
    const { subject, reason } = first
    return [{ subject, reason, measures: [...new Set(group.map(({ measure }) => measure))] }]
  })
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string, option: string): T[] {
  const found = all.filter((one) => one.name === name)
  const known = new Set(all.map(({ name }) => name))
  if (found.length === 0) throw new Error(`${option}: no ${name}; there is ${[...known].join(', ')}`)
  return found
}
