const mostNames = 5

/** Lists slugs for a message: the first five, since a request may have any number of them. */
export function namesOf(slugs: readonly string[]): string {
  const more = slugs.length - mostNames
  return slugs.slice(0, mostNames).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
