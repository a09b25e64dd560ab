export interface Expansion {
  readonly text: string
  /** The variables that were read, in order. */
  readonly names: readonly string[]
  /** Those of them that are not set. */
  readonly unset: readonly string[]
  /** Whether a `${` is not followed by a variable's name and `}`. */
  readonly malformed: boolean
}

/** Replaces `${NAME}` by the variable's value, once: a value is never expanded again. `$${` stands for a literal `${`. */
export function expandVariables(text: string, environment: Readonly<Record<string, string | undefined>>): Expansion {
  const names: string[] = []
  let malformed = false
  const expanded = text.replaceAll(/\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g, (match, name: string | undefined) => {
    if (match === '$${') return '${'
    if (name === undefined) {
      malformed = true
      return match
    }
    names.push(name)
    return environment[name] ?? ''
  })
  return { text: expanded, names, unset: names.filter((name) => environment[name] === undefined), malformed }
}
