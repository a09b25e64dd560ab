/** A foreign text, and what it is called. */
export interface FencedText {
  readonly url?: string
  readonly name?: string
  readonly model?: string
  readonly title?: string | null
  readonly text: string
}

/**
 * Fences foreign texts, so that a model can tell it from its instructions: each stands in an element, and none can
 * close it.
 */
export const fenced = (element: string, pages: readonly FencedText[]): string =>
  pages
    .map(({ text, ...named }) => {
      const attributes = Object.entries(named).flatMap(([name, value]) =>
        value ? [` ${name}=${JSON.stringify(withoutTags(value, element))}`] : [],
      )
      return `<${element}${attributes.join('')}>\n${withoutTags(text, element)}\n</${element}>`
    })
    .join('\n\n')

/** A model reads `</ page>` as it reads `</page>`, and does not see characters of no width. */
const ignored = /[\s/\p{Cf}]/u
/** More of them would be no tag to anyone. */
const mostIgnored = 20

/** Breaks up what would open or close the element, in any case of letters. */
function withoutTags(text: string, element: string): string {
  let safe = ''
  let begin = 0
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    let start = at + 1
    while (start <= at + mostIgnored && ignored.test(text.charAt(start))) start++
    if (text.slice(start, start + element.length).toLowerCase() !== element) continue
    safe += `${text.slice(begin, at)}&lt;`
    begin = at + 1
  }
  return safe + text.slice(begin)
}
