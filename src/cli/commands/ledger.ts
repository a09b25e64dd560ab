import { Command } from 'commander'
import { exportLedger } from './export-ledger.ts'
import { reconcileLedger } from './reconcile-ledger.ts'
import { verifyLedger } from './verify-ledger.ts'

export const ledger = new Command('ledger')
  .description('Check, export and reconcile what was used and paid. A server may run meanwhile.')
  .addCommand(verifyLedger)
  .addCommand(exportLedger)
  .addCommand(reconcileLedger)
