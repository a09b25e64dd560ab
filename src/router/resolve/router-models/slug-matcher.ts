/**
 * Returns a test of whether a slug matches one of the patterns, in which `*` stands for any characters: `anthropic/*`, `openai/gpt-5*`, and so
 * on. Patterns come from callers, so each takes at most a few steps for each letter of the slug, whatever the pattern is.
 */
export function slugMatcher(patterns: readonly string[]): (slug: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')))
  const wild = patterns.filter((pattern) => pattern.includes('*')).map(compile)
  return (slug) => exact.has(slug) || wild.some((matches) => matches(slug))
}

function compile(pattern: string): (slug: string) => boolean {
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop() ?? ''
  const middle = rest.filter((part) => part !== '')
  const least = [head, ...middle, tail].reduce((length, part) => length + part.length, 0)
  return (slug) => {
    if (slug.length < least || !slug.startsWith(head) || !slug.endsWith(tail)) return false
    let from = head.length
    for (const part of middle) {
      const at = slug.indexOf(part, from)
      if (at === -1) return false
      from = at + part.length
    }
    return from <= slug.length - tail.length
  }
}
