/** Returns the process's environment at this moment. No other code reads it. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env }
}
