/** Matches names with one pattern; `*` stands for any characters. */
interface Pattern {
  readonly pieces: readonly string[]
  readonly slug: string
}

/**
 * Makes the function that returns what a configured alias means, or the slug itself. An alias is not looked up again. The variants of a slug,
 * such as `:nitro`, are kept.
 */
export function renamer(aliases: ReadonlyMap<string, string>): (slug: string) => string {
  const patterns: Pattern[] = [...aliases]
    .filter(([name]) => name.includes('*'))
    .map(([name, slug]) => ({ pieces: name.split('*'), slug }))
  const find = (name: string): string | undefined =>
    aliases.get(name) ?? patterns.find(({ pieces }) => fits(name, pieces))?.slug
  return (slug) => {
    const whole = find(slug)
    if (whole !== undefined) return whole
    const colon = slug.indexOf(':')
    const base = colon === -1 ? undefined : find(slug.slice(0, colon))
    return base === undefined ? slug : base + slug.slice(colon)
  }
}

/** Tells whether the pieces stand in the name one after the other, the first at its beginning and the last at its end. */
function fits(name: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.at(-1) ?? ''
  if (!name.startsWith(first)) return false
  let place = first.length
  for (const piece of others.slice(0, -1)) {
    const found = name.indexOf(piece, place)
    if (found === -1) return false
    place = found + piece.length
  }
  return name.length - last.length >= place && name.endsWith(last)
}
