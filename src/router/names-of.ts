const mostNames = 5

/** The slugs as a message names them: a request may list any number. */
export function namesOf(slugs: readonly string[]): string {
  const more = slugs.length - mostNames
  return slugs.slice(0, mostNames).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
