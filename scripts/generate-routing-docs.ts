import { readFileSync } from 'node:fs'
import { routingTable } from '../bench/routing-simulation/routing-table.ts'
import { writeOrCheck } from './write-or-check.ts'

const page = 'docs/routing.md'
const begin = '<!-- table of the simulation: begin -->'
const end = '<!-- table of the simulation: end -->'

const text = readFileSync(new URL(`../${page}`, import.meta.url), 'utf8')
const [from, to] = [text.indexOf(begin), text.indexOf(end)]
if (from === -1 || to < from) throw new Error(`${page} has lost the marks around its table: ${begin} and ${end}.`)
writeOrCheck(page, `${text.slice(0, from)}${begin}\n\n${await routingTable()}\n\n${text.slice(to)}`)
