import { expect, test } from 'vitest'
import { GenerationContext } from '../../src/canonical/generation-context.ts'
import type { Happenings } from '../../src/canonical/happening.ts'
import { Outcome } from '../../src/canonical/outcome.ts'
import { principal } from '../../src/canonical/testing/context-of.ts'
import { FreeModelLimits } from '../../src/ledger/free-model-limits.ts'
import { createSoleLease } from '../../src/ledger/lease.ts'
import { createReserve } from '../../src/ledger/reserve.ts'
import { SpendingLimits } from '../../src/ledger/spending-limits.ts'
import { UsualOutput } from '../../src/ledger/usual-output.ts'
import { memoryState } from '../../src/storage/shared-state/memory-state.ts'
import { Channel } from '../../src/util/channel.ts'
import { generationRecord } from '../contract/generation-record.ts'
import { demandOf, endpoint, unexpected } from './priced-by-token.ts'

test('a nested call that begins its turn after the request was settled counts nothing twice', async () => {
  const happenings: Happenings = new Channel()
  const clock = { now: () => 0, monotonic: () => 0 }
  const lease = createSoleLease({ spentIn: async () => 0 })
  const reserve = createReserve({
    limits: new SpendingLimits({ lease, credits: { limit: () => null }, happenings, onError: unexpected }),
    freeModels: new FreeModelLimits({ freeModels: null }, clock, memoryState().facts),
    lease,
    usual: new UsualOutput(),
    byokFees: { most: (listPrice) => listPrice },
    calibration: () => 1,
  })
  const begin = (id: string, signal: AbortSignal) => {
    const times = { createdAt: 0, startedAt: 0, deadline: Infinity }
    return new GenerationContext({ id, requestId: '', principal: { ...principal, limit: 1_000 }, signal, ...times })
  }
  const left = new AbortController()
  const root = begin('left', left.signal)
  const first = await reserve(root, [endpoint], demandOf(500))
  const cost = {
    prompt: 0,
    completion: 500,
    other: 0,
    tools: 0,
    total: 500,
    isByok: false,
    provenance: 'derived',
  } as const
  root.turns.push({ usage: {}, cost, outcome: new Outcome(), endpoint: null, served: null })
  if (first.type === 'held') first.hold.release()
  const { keyHash, account } = root.principal
  left.abort()
  const record = generationRecord({ id: 'left', keyHash, account, createdAt: 0, cost: 500, attempts: [] })
  happenings.publish({ type: 'settled', record, attempts: [], context: root })
  expect((await reserve(root.child('tool'), [endpoint], demandOf(16))).type).toBe('refused')
  const next = await reserve(begin('next', new AbortController().signal), [endpoint], demandOf(500))
  expect(next.type === 'held' && next.hold.cover(endpoint)).toBeTruthy()
})
