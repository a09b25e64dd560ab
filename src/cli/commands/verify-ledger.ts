import { Command } from 'commander'
import { inspectJournal, type JournalContent } from '../../ledger/journal/inspect.ts'
import type { BooksCheck, MistakeKind } from '../../storage/stores/books-store.ts'
import { configOption } from '../options.ts'
import { readConfig, type ConfigOption } from '../read-config.ts'
import { withStorage } from '../with-storage.ts'

interface VerifyOptions extends ConfigOption {
  readonly json: boolean
}

export const verifyLedger = new Command('verify')
  .description('Check that the books are in order. Ends with 1, and says what is wrong, where they are not.')
  .option('--json', 'print one JSON object', false)
  .addOption(configOption())
  .action((options: VerifyOptions) =>
    withStorage(readConfig(options), async (stored, config) => {
      const check = await stored.books.read((read) => read.check())
      const journal = await inspectJournal(config.storage.journal)
      const inOrder = check.mistakes.length === 0 && journal.damaged.length === 0 && journal.refused === 0
      const lines = [...describeExtent(check, journal), ...describeMistakes(check, journal)]
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ inOrder, ...check, journal })}\n`
          : `${lines.join('\n')}\n${inOrder ? 'The books are in order.' : 'The books are not in order.'}\n`,
      )
      if (!inOrder) process.exitCode = 1
    }),
  )

const titles: Readonly<Record<MistakeKind, string>> = {
  parts: 'The parts of a generation do not sum to its cost',
  fees: 'The fees of a generation do not sum to its tool cost',
  'attempt-without-generation': 'An attempt belongs to no generation',
  'fee-without-generation': 'A fee belongs to no generation',
  'duplicate-generation': 'A generation is there twice',
  'duplicate-attempt': 'An attempt is there twice',
  'duplicate-fee': 'A fee is there twice',
  'duplicate-credit': 'An addition of credits is there twice',
  'amount-of-generation': 'An amount of a generation is no whole number from 0 up',
  'amount-of-attempt': 'The cost of an attempt is no whole number from 0 up',
  'amount-of-fee': 'An amount of a fee is no whole number from 0 up',
  'amount-of-credit': 'An amount of credits is no whole number, or 0',
  'credit-before-spending': 'Credits were added after more spending than the account has in all',
  'sums-of-hours': 'A sum by hour differs from the generations',
  'sums-of-days': 'A sum by key and day differs from the generations',
  'sums-among-sums': 'Two sums of the same generations differ',
}

function describeExtent(
  { generations, attempts, fees, credits, sumsSince: { hours, days } }: BooksCheck,
  { waiting, underway }: JournalContent,
): readonly string[] {
  const counts = `${generations} generations, ${attempts} rows of attempts, ${fees} fees, ${credits} additions of credits`
  const since = (time: number | null, period: string): string =>
    time === null ? `no whole ${period}` : `since ${new Date(time).toISOString()}`
  const compared =
    hours === 0
      ? 'The sums were compared with all generations.'
      : `The sums were compared with generations ${since(hours, 'hour')} (by hour) and ${since(days, 'day')} (by day), and with one another for all times: retention has deleted the generations before.`
  return [
    `Checked: ${counts}.`,
    compared,
    `The journal has ${waiting} records that wait for the database, and ${underway} generations that are under way.`,
  ]
}

function describeMistakes({ mistakes }: BooksCheck, { damaged, refused }: JournalContent): readonly string[] {
  return [
    ...mistakes.flatMap(({ kind, count, first }) => [
      `${titles[kind]} (${count}):`,
      ...first.map((name) => `  ${name}`),
      ...(count > first.length ? [`  and ${count - first.length} more`] : []),
    ]),
    ...damaged.map(({ path, lines }) => `Lines of the journal do not pass their checksum (${lines}): ${path}`),
    ...(refused > 0 ? [`The database refused records, which are in refused.jsonl and in no sum (${refused}).`] : []),
  ]
}
