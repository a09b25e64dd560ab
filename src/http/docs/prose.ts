import { isErrorKind } from '../../canonical/errors.ts'
import { type Markup, markup } from './markup.ts'
import { fullMatch } from '../../util/pattern.ts'

/** A sentence whose `quoted` words are code. */
export const sentence = (text: string): Markup =>
  markup`${text.split('`').map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : part))}`

/** Paragraphs, separated by empty lines. */
export const paragraphs = (text: string): readonly Markup[] =>
  text.split('\n\n').map((paragraph) => markup`<p>${sentence(paragraph)}</p>`)

/** The same; a paragraph that begins with the kind of an error links to what the error reference says of it. */
export const errorParagraphs = (text: string): readonly Markup[] =>
  text.split('\n\n').map((paragraph) => {
    const [, kind = '', rest = ''] = fullMatch(/^`(\w+)`(.*)$/s, paragraph) ?? []
    if (!isErrorKind(kind)) return markup`<p>${sentence(paragraph)}</p>`
    return markup`<p><a href="/docs/errors#${kind}"><code>${kind}</code></a>${sentence(rest)}</p>`
  })
