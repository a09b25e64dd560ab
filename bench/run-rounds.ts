import type { Figures } from './processes.ts'
import type { Bench, Measure } from './measure.ts'
import type { Subject } from './subjects.ts'

/** The results of one measure: for each round, the figures of each subject by its name. */
export interface Outcome {
  readonly measure: Measure
  readonly rounds: readonly ReadonlyMap<string, Figures>[]
  /** The reason why a subject has no figures, by its name. */
  readonly failures: ReadonlyMap<string, string>
}

/**
 * Runs the measure on the subjects in turn (A B, B A, A B …), so that whatever slows the machine down for a while slows all of them. A
 * subject that fails is left out of the other rounds.
 */
export async function runRounds(
  measure: Measure,
  subjects: readonly Subject[],
  rounds: number,
  bench: Bench,
): Promise<Outcome> {
  const results: Map<string, Figures>[] = []
  const failures = new Map<string, string>()
  for (let round = measure.warmUp ? -1 : 0; round < rounds; round++) {
    const figures = new Map<string, Figures>()
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      if (failures.has(subject.name)) continue
      progress(`${measure.name} ${round < 0 ? 'warm-up' : `${round + 1}/${rounds}`} ${subject.name}`)
      try {
        figures.set(
          subject.name,
          await measure.sample(subject, round < 0 ? { ...bench, seconds: bench.warmUpSeconds } : bench),
        )
      } catch (error) {
        failures.set(subject.name, error instanceof Error ? error.message : String(error))
      }
    }
    if (round >= 0) results.push(figures)
  }
  progress('')
  return { measure, rounds: results, failures }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
