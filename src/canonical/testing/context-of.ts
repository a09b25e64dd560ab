import type { Clock } from '../../util/clock.ts'
import { GenerationContext } from '../generation-context.ts'
import { noLimits, type Principal } from '../principal.ts'

/** A key without a limit. */
export const principal: Principal = {
  keyHash: 'key',
  keyName: 'test',
  account: 'default',
  label: 'sk-…',
  ...noLimits,
  management: false,
  expiresAt: null,
  createdAt: 0,
}

/** Makes the context of a request that arrives now. */
export const contextOf = (
  clock: Clock,
  given: {
    readonly signal?: AbortSignal
    readonly totalMs?: number
    readonly principal?: Principal
    readonly budget?: number
  } = {},
): GenerationContext =>
  new GenerationContext({
    id: 'gen-1',
    requestId: 'req-1',
    principal,
    signal: new AbortController().signal,
    createdAt: clock.now(),
    startedAt: clock.monotonic(),
    deadline: clock.monotonic() + (given.totalMs ?? 600_000),
    ...given,
  })
