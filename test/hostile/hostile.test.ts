import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { startHealthProbe } from './health-probe.ts'
import { type HostileGateway, startHostileGateway } from './hostile-gateway.ts'
import { hostileInputs } from './hostile-inputs.ts'

describe('a gateway with a heap of 256 MB', () => {
  let gateway: HostileGateway | null = null
  // All inputs run against one process, so that the next input meets what an earlier one left behind. A new process starts only after one
  // has crashed.
  beforeEach(async () => {
    gateway ??= await startHostileGateway()
  })
  afterAll(() => gateway?.close())

  const cases = hostileInputs.map((input) => [input.title, input] as const)
  test.each(cases)('%s', { timeout: 60_000 }, async (_, input) => {
    const attacked = gateway
    if (attacked === null) throw new Error('There is no gateway.')
    gateway = null
    const probe = await startHealthProbe(attacked.url)
    const unanswered = probe.unanswered.then(() => {
      throw new Error(`/healthz was not answered.\n${attacked.output().slice(-2_000)}`)
    })
    try {
      await Promise.race([input.run(attacked), unanswered])
      const after = await attacked.chat({})
      expect(after.status).toBe(200)
      await after.text()
      expect(attacked.alive()).toBe(true)
      gateway = attacked
    } catch (error) {
      if (attacked.alive()) throw error
      throw new Error(`The process died.\n${attacked.output().slice(-2_000)}`, { cause: error })
    } finally {
      await probe.stop()
      if (gateway === null) await attacked.close()
    }
  })
})
