/** One error of the configuration. It never contains a value from the environment. */
export interface Problem {
  /** The name that the user gave; null when the problem is not in a file. */
  readonly file: string | null
  /** The line, from 1; null when the problem concerns the file as a whole. */
  readonly line: number | null
  readonly column: number | null
  /** The key, e.g. `models.acme/m1.endpoints[0].pricing`, or the variable or flag. Empty for the whole file. */
  readonly path: string
  /** What is wrong, and what would be correct. */
  readonly message: string
}

const mostShown = 20

/** Thrown with all problems, in the order of the file. After twenty problems the rest are only counted. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
    const shown = sorted.slice(0, mostShown)
    const more = sorted.length - shown.length
    super([...shown.map(printProblem), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'))
    this.problems = shown
  }
}

function printProblem({ file, line, column, path, message }: Problem): string {
  const place = [file, line, column].filter((part) => part !== null).join(':')
  return `${[place, path].filter((part) => part !== '').join(' ')}: ${message}`
}
