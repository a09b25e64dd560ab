/**
 * What routing brings, in figures: an hour of simulated traffic for each way to route. Needs no network, and half a minute in place
 * of thirteen hours. With `--write` the table is put into docs/routing.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { policies } from './routing-simulation/policies.ts'
import { tableHead, tableRow, withTable } from './routing-simulation/routing-table.ts'
import { simulate } from './routing-simulation/simulate.ts'

const page = new URL('../docs/routing.md', import.meta.url)

const lines = [...tableHead]
for (const policy of policies) lines.push(tableRow(policy, await simulate(policy)))
const table = lines.join('\n')
if (process.argv.includes('--write')) writeFileSync(page, withTable(readFileSync(page, 'utf8'), table))
else console.log(table)
