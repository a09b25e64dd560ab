import { isErrorKind } from '../../canonical/errors.ts'
import { type Markup, markup } from './markup.ts'
import { fullMatch } from '../../util/pattern.ts'

/** Renders a sentence in which words in backquotes become code. */
export const sentence = (text: string): Markup =>
  markup`${text.split('`').map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : part))}`

/** Renders paragraphs, which empty lines separate. */
export const paragraphs = (text: string): readonly Markup[] =>
  text.split('\n\n').map((paragraph) => markup`<p>${sentence(paragraph)}</p>`)

/** Renders paragraphs. One that begins with the name of an error links to the error reference. */
export const errorParagraphs = (text: string): readonly Markup[] =>
  text.split('\n\n').map((paragraph) => {
    const [, kind = '', rest = ''] = fullMatch(/^`(\w+)`(.*)$/s, paragraph) ?? []
    if (!isErrorKind(kind)) return markup`<p>${sentence(paragraph)}</p>`
    return markup`<p><a href="/docs/errors#${kind}"><code>${kind}</code></a>${sentence(rest)}</p>`
  })
