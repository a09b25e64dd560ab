/** What routing brings, in figures: an hour of simulated traffic for each way to route. Needs no network, and no hour. */
import { routingTable } from './routing-simulation/routing-table.ts'

console.log(await routingTable())
