/** The contents of a page, from a parser that accepts only well-formed HTML. */
export interface ReadHtml {
  readonly elements: readonly Element[]
  /** All text outside style sheets, with entities resolved. */
  readonly text: string
}

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** The elements around it, the outermost first. */
  readonly inside: readonly string[]
}

const alone = new Set(['meta', 'link', 'br', 'hr', 'img', 'input'])
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** @throws Error at the first tag that is not closed, or closed in the wrong place, and at the first stray character. */
export function readHtml(source: string): ReadHtml {
  const page = source.replaceAll(/<style>[^]*?<\/style>/g, '')
  const doctype = '<!doctype html>\n'
  if (!page.startsWith(doctype)) throw new Error('There is no doctype.')
  const elements: Element[] = []
  const texts: string[] = []
  const open: string[] = []
  const token = /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)>|([^<>]+)/gy
  token.lastIndex = doctype.length
  while (token.lastIndex < page.length) {
    const start = token.lastIndex
    const [whole, slash, name = '', attributes = '', text] = token.exec(page) ?? []
    if (whole === undefined) throw new Error(`This is no HTML: ${page.slice(start, start + 80)}`)
    if (text !== undefined) texts.push(resolve(text))
    else if (slash === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing: ${page.slice(start - 80, start + 20)}`)
    } else {
      const pairs = [...attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        resolve(value),
      ])
      elements.push({ name, attributes: Object.fromEntries(pairs), inside: [...open] })
      if (!alone.has(name)) open.push(name)
    }
  }
  if (open.length > 0) throw new Error(`Not closed: ${open.join(', ')}`)
  return { elements, text: texts.join('') }
}

function resolve(text: string): string {
  return text.replaceAll(/&([^;\s]*)(;?)/g, (whole, name: string) => {
    const character = entities[name]
    if (character === undefined) throw new Error(`There is no entity ${whole}.`)
    return character
  })
}
