/** Returns the code of an error of the system, such as `ENOENT`; an empty text for any other error. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
