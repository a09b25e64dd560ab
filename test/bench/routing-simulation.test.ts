import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Policy, policies } from '../../bench/routing-simulation/policies.ts'
import { tableRow, withTable } from '../../bench/routing-simulation/routing-table.ts'
import { type Figures, simulate } from '../../bench/routing-simulation/simulate.ts'
import { quantile } from '../../bench/statistics.ts'

const page = readFileSync(new URL('../../docs/routing.md', import.meta.url), 'utf8')

function policy(wanted: string): Policy {
  const found = policies.find(({ name }) => name === wanted)
  if (found === undefined) throw new Error(`There is no policy ${wanted}.`)
  return found
}

const played = new Map<string, Promise<Figures>>()

/** The first quarter of the hour, in which the cheapest host goes down. */
function quarter(name: string): Promise<Figures> {
  const figures = played.get(name) ?? simulate(policy(name), 15)
  played.set(name, figures)
  return figures
}

describe('a simulated hour', () => {
  test('is the same each time', async () => {
    expect(await simulate(policy('default, hedged'), 15)).toEqual(await quarter('default, hedged'))
  })

  test('without fallbacks is as bad as the provider, and with them answers everybody', async () => {
    const alone = await quarter('the cheapest provider alone')
    expect(alone.answered / alone.requests).toBeCloseTo(10 / 15, 1)
    for (const name of ['default, if nothing were learned from calls', 'default']) {
      const { answered, requests } = await quarter(name)
      expect(requests).toBe(alone.requests)
      expect(answered).toBe(requests)
    }
  })

  test('calls less often in vain for what was learned', async () => {
    const [blind, learned] = [await quarter('default, if nothing were learned from calls'), await quarter('default')]
    expect(learned.calls - learned.requests).toBeLessThan((blind.calls - blind.requests) / 2)
  })

  test('costs least when sorted by price, and is fastest when sorted by latency', async () => {
    const [cheap, fast] = [await quarter('`sort: "price"`'), await quarter('`sort: "latency"`')]
    expect(cheap.cost).toBeLessThan(fast.cost / 2)
    expect(quantile(fast.firstTokens, 0.5)).toBeLessThan(quantile(cheap.firstTokens, 0.5) / 2)
  })

  test('spends no more than the budget on hedges, and has a shorter tail for it', async () => {
    const [plain, hedged] = [await quarter('`sort: "price"`'), await quarter('`sort: "price"`, hedged')]
    expect(hedged.calls - plain.calls).toBeGreaterThan(0)
    expect(hedged.calls - plain.calls).toBeLessThan(0.06 * plain.requests)
    expect(quantile(hedged.firstTokens, 0.99)).toBeLessThan(quantile(plain.firstTokens, 0.99))
  })
})

describe('the table in docs/routing.md', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| '))

  test('has a row for each policy, between its marks', () => {
    expect(withTable(page, 'TABLE')).toContain(': begin -->\n\nTABLE\n\n<!--')
    for (const { name } of policies) expect(rows.filter((row) => row.startsWith(`| ${name} |`))).toHaveLength(1)
  })

  // The other policies take too long here. A change that affects one of them usually also affects one of these.
  test.each(['default, hedged', '`sort: "exacto"`'])(
    '%s is what comes out today: npm run bench:routing -- --write',
    { timeout: 60_000 },
    async (name) => {
      expect(rows).toContain(tableRow(policy(name), await simulate(policy(name))))
    },
  )
})
