/** The process's environment as it is now: the one place that reads it. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env }
}
