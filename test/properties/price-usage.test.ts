import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pricing } from '../../src/catalog/endpoint.ts'
import { priceUsage } from '../../src/ledger/price-usage.ts'

const tokens = fc.oneof(fc.nat(10), fc.nat(2_000_000), fc.constant(undefined))
/** Pico-USD a token: from free to ten thousand dollars a million tokens. */
const price = fc.oneof(fc.constant(0), fc.nat(2_000), fc.nat(10_000_000_000))
const optional = { requiredKeys: ['prompt', 'completion'] as const }

const prices = {
  prompt: price,
  completion: price,
  request: price,
  webSearch: price,
  inputCacheRead: price,
  inputCacheWrite: price,
  inputCacheWrite1h: price,
  image: price,
  audioOutput: price,
  imageOutput: price,
  audio: price,
  inputAudioCache: price,
  internalReasoning: price,
}
const override = fc.record(
  {
    minPromptTokens: fc.nat(1_000_000),
    hours: fc.tuple(fc.nat(23), fc.nat(23)),
    pricing: fc.record(prices, { requiredKeys: [] }),
  },
  { requiredKeys: ['pricing'] },
)
const pricing: fc.Arbitrary<Pricing> = fc
  .tuple(fc.record(prices, { requiredKeys: [...optional.requiredKeys] }), fc.array(override, { maxLength: 3 }))
  .map(([plain, overrides]) => ({
    ...plain,
    overrides: overrides.map(({ hours, ...rest }) => ({
      ...rest,
      ...(hours !== undefined && { utcStart: hours[0] * 100, utcEnd: hours[1] * 100 + 59 }),
    })),
  }))
const usage = fc.record({
  promptTokens: tokens,
  completionTokens: tokens,
  cachedTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWrite1hTokens: tokens,
  promptAudioTokens: tokens,
  cachedAudioTokens: tokens,
  reasoningTokens: tokens,
  completionAudioTokens: tokens,
  completionImageTokens: tokens,
  webSearchRequests: fc.oneof(fc.nat(20), fc.constant(undefined)),
})
const finish = fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', 'error', null)
const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })

/** Nano-USD, half up. */
const rounded = (count: bigint, picoUsd: number): bigint => (count * BigInt(picoUsd) + 500n) / 1000n
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** The rules of contract §3.4 and §6.16 once more, in whole numbers without end. */
function oracle(
  used: typeof usage extends fc.Arbitrary<infer U> ? U : never,
  plain: Pricing,
  end: string | null,
  at: Date,
  images: number,
) {
  const count = (value: number | undefined): bigint => BigInt(value ?? 0)
  const nothing = { prompt: 0n, completion: 0n, other: 0n }
  if (used.promptTokens === undefined && used.completionTokens === undefined) return nothing
  if (end === 'error' || (end === null && !used.completionTokens)) return nothing

  let inForce: Omit<Pricing, 'overrides'> = plain
  for (const { minPromptTokens, utcStart, utcEnd, pricing: changed } of plain.overrides ?? []) {
    const time = at.getUTCHours() * 100 + at.getUTCMinutes()
    const timely =
      utcStart === undefined ||
      utcEnd === undefined ||
      (utcStart > utcEnd ? !(time < utcStart && time >= utcEnd) : time >= utcStart && time < utcEnd)
    if (timely && (minPromptTokens === undefined || (used.promptTokens ?? 0) > minPromptTokens))
      inForce = { ...inForce, ...changed }
  }
  let left = count(used.promptTokens)
  const take = (wanted: number | undefined): bigint => {
    const taken = least(count(wanted), left)
    left -= taken
    return taken
  }
  const cached = take(used.cachedTokens)
  const written = take(used.cacheWriteTokens)
  const cachedAudio = least(count(used.cachedAudioTokens), cached)
  const newAudio = Math.max(0, (used.promptAudioTokens ?? 0) - Number(cachedAudio))
  const audio = inForce.audio === undefined ? 0n : take(newAudio)
  const cachedAudioPricedApart = inForce.inputAudioCache === undefined ? 0n : cachedAudio
  const writtenForLong = least(count(used.cacheWrite1hTokens), written)
  let said = count(used.completionTokens)
  const say = (wanted: number | undefined, own: number | undefined): bigint => {
    const taken = own === undefined ? 0n : least(count(wanted), said)
    said -= taken
    return rounded(taken, own ?? 0)
  }
  const apart =
    say(used.reasoningTokens, inForce.internalReasoning) +
    say(used.completionAudioTokens, inForce.audioOutput) +
    say(used.completionImageTokens, inForce.imageOutput)
  return {
    prompt:
      rounded(left, inForce.prompt) +
      rounded(cached - cachedAudioPricedApart, inForce.inputCacheRead ?? inForce.prompt) +
      rounded(cachedAudioPricedApart, inForce.inputAudioCache ?? 0) +
      rounded(written - writtenForLong, inForce.inputCacheWrite ?? inForce.prompt) +
      rounded(writtenForLong, inForce.inputCacheWrite1h ?? inForce.inputCacheWrite ?? inForce.prompt) +
      rounded(audio, inForce.audio ?? 0),
    completion: apart + rounded(said, inForce.completion),
    other:
      rounded(1n, inForce.request ?? 0) +
      rounded(BigInt(images), inForce.image ?? 0) +
      rounded(count(used.webSearchRequests), inForce.webSearch ?? 0),
  }
}

test('any usage at any prices has the cost of integer arithmetic, and its parts sum to the total', () => {
  fc.assert(
    fc.property(usage, pricing, finish, moment, fc.nat(20), (used, plain, end, at, images) => {
      const cost = priceUsage(used, plain, end, at.getTime(), images)
      const parts = [cost.prompt, cost.completion, cost.other]
      expect(parts.every((part) => Number.isSafeInteger(part) && part >= 0)).toBe(true)
      expect(cost.total).toBe(cost.prompt + cost.completion + cost.other)
      const { prompt, completion, other } = oracle(used, plain, end, at, images)
      expect(parts.map(BigInt)).toEqual([prompt, completion, other])
    }),
    { numRuns: 3_000 },
  )
})

test('what the cache saved is what reading costs less and writing costs more than the plain price', () => {
  const prices = { prompt: 1_000, completion: 2_000, inputCacheRead: 100, inputCacheWrite: 1_250 }
  const discountOf = (used: object) =>
    priceUsage({ promptTokens: 1_000, completionTokens: 1, ...used }, prices, 'stop', 0).cacheDiscount
  expect(discountOf({ cachedTokens: 400 })).toBe(360)
  expect(discountOf({ cacheWriteTokens: 600 })).toBe(-150)
  expect(discountOf({ cachedTokens: 400, cacheWriteTokens: 600 })).toBe(210)
  expect(discountOf({ cachedTokens: 0 })).toBeUndefined()
  expect(discountOf({ cachedTokens: 400, reportedCost: 5 })).toBe(360)
})
