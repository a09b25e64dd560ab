import { setTimeout as pause } from 'node:timers/promises'
import { arrayOf, isObject, numberOf, objectOf, stringOf } from '../../util/json.ts'
import { type Fault, healthy, type Stage } from '../fault.ts'
import { anotherEndpoint, callsOf, describe, isWhole, outageWindow, when, wrongsOf } from '../judge.ts'

/** What the gateway learns of a failure, and charges for it. */
export const routingFaults: readonly Fault[] = [
  {
    slug: 'flap',
    fault: 'answers 503 for two seconds, and is healthy again',
    expected:
      'Every request is served. The endpoint is only probed while it is down, and has its place again soon after.',
    failoverBench: 'S15',
    lacks: outageWindow,
    play: flap,
  },
  {
    slug: 'stampede',
    fault: 'is down, and its next probe is due when fifty requests come at once',
    expected: 'One of them is the probe. The others are served elsewhere at once.',
    lacks: outageWindow,
    play: stampede,
  },
  {
    slug: 'session',
    fault: 'goes down in the middle of a session',
    expected: 'The session goes on elsewhere, after at most one failed call.',
    lacks: outageWindow,
    play: session,
  },
  {
    slug: 'accounting',
    fault: 'answers every call with 503, and another endpoint serves',
    expected:
      'Reply and record name the endpoint that served, both calls are on record, and only its price is charged.',
    failoverBench: 'S16',
    lacks: anotherEndpoint,
    play: accounting,
  },
]

async function flap(stage: Stage): ReturnType<Fault['play']> {
  const { limits } = stage
  stage.behave(0, 'status-503')
  const downAt = Date.now()
  const during = []
  while (Date.now() - downAt < 2_000) {
    during.push(await stage.ask())
    await pause(80)
  }
  const probes = callsOf(stage.calls(), 0).length
  const mostProbes = 5 + Math.ceil((Date.now() - downAt) / limits.probeIntervalMs)
  stage.behave(0, healthy)
  const upAt = Date.now()
  const mostMs = 2 * limits.probeIntervalMs + 2_000
  const after = []
  const isBack = (): boolean => callsOf(stage.calls(), 0).length >= probes + 2
  while (!isBack() && Date.now() - upAt < mostMs) {
    after.push(await stage.ask())
    await pause(50)
  }
  const [backMs, back] = [Date.now() - upAt, isBack()]
  const answers = [...during, ...after]
  return {
    survived: answers.every(isWhole) && back,
    happened: `${answers.filter(isWhole).length} of ${answers.length} requests served; ${probes} calls while it was down; ${back ? `back after ${backMs} ms` : 'not back'}`,
    wrongs: [
      ...new Set(answers.flatMap(wrongsOf)),
      ...when([
        [!back, `the endpoint is not used again within ${mostMs} ms of its recovery`],
        [
          outageWindow(stage.shape) === null && probes > mostProbes,
          `it was called ${probes} times while it was down, more than ${mostProbes}`,
        ],
      ]),
    ],
  }
}

/** How long the probe takes. */
const probeMs = 500

async function stampede(stage: Stage): ReturnType<Fault['play']> {
  stage.behave(0, 'status-503')
  const first = await stage.ask()
  await pause(stage.limits.probeIntervalMs + 100)
  const before = callsOf(stage.calls(), 0).length
  stage.behave(0, `${healthy}+slow-first-token-${probeMs}`)
  const answers = await Promise.all(Array.from({ length: 50 }, () => stage.ask()))
  const [probe, ...others] = callsOf(stage.calls(), 0).slice(before)
  // A request that comes after the probe has succeeded goes to the endpoint again, and rightly.
  const beside = others.filter(({ at }) => at < (probe?.at ?? 0) + probeMs)
  const probes = probe === undefined ? 0 : 1 + beside.length
  return {
    survived: isWhole(first) && answers.every(isWhole) && probes === 1,
    happened: `${answers.filter(isWhole).length} of ${answers.length} requests served; ${probes} called the endpoint before the probe had succeeded`,
    wrongs: [...new Set(answers.flatMap(wrongsOf))],
  }
}

async function session(stage: Stage): ReturnType<Fault['play']> {
  const ask = () => stage.ask({ body: { session_id: 'chaos' } })
  const before = [await ask(), await ask()]
  const place = stage.calls().at(-1)?.place ?? 0
  const served = callsOf(stage.calls(), place).length
  stage.behave(place, 'status-503')
  const after = [await ask(), await ask()]
  const failed = callsOf(stage.calls(), place).length - served
  const answers = [...before, ...after]
  return {
    survived: answers.every(isWhole) && failed <= 1,
    happened: `${answers.filter(isWhole).length} of ${answers.length} requests served; ${failed} failed ${failed === 1 ? 'call' : 'calls'}`,
    wrongs: answers.flatMap(wrongsOf),
  }
}

async function accounting(stage: Stage): ReturnType<Fault['play']> {
  stage.behave(0, 'status-503')
  const answer = await stage.ask()
  const record = await recordOf(stage, answer.id)
  const calls = arrayOf(record?.['provider_responses']).filter(isObject)
  const [failed, served] = [calls[0], calls.at(-1)]
  const name = stringOf(served?.['provider_name'])
  const spent = numberOf(objectOf(objectOf(await stage.read('/api/v1/key'))?.['data'])?.['usage'])
  const isServed = isWhole(answer)
  return {
    survived: isServed,
    happened: `${describe(answer)}; charged ${spent ?? 'unknown'} USD`,
    wrongs: [
      ...wrongsOf(answer),
      ...when([
        [record === null, 'there is no record of the generation'],
        [isServed && answer.provider !== name, `the reply names ${answer.provider}, the record ${name}`],
        [isServed && (calls.length < 2 || failed?.['status'] !== 503), 'the failed call is not on record'],
        [isServed && answer.cost !== numberOf(record?.['total_cost']), 'the reply and the record have different costs'],
        [isServed && spent !== answer.cost, 'the key was charged something else than the answer'],
        [!isServed && spent !== 0, 'a request that failed was charged'],
      ]),
    ],
  }
}

/** Reads the record of a generation, which may be written a moment after the reply. */
async function recordOf(stage: Stage, id: string | null): Promise<ReturnType<typeof objectOf> | null> {
  if (id === null) return null
  for (let tries = 0; tries < 20; tries++) {
    const found = objectOf(objectOf(await stage.read(`/api/v1/generation?id=${id}`))?.['data'])
    if (found !== undefined) return found
    await pause(100)
  }
  return null
}
