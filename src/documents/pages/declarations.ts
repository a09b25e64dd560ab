/** Declarations of CSS by property, in lower case. The last of a property counts. */
export type Declarations = ReadonlyMap<string, string>

/** The properties that can take a text out of sight, or bring it back. */
const properties: ReadonlySet<string> = new Set([
  ...['display', 'visibility', 'content-visibility', 'opacity', 'font', 'font-size', 'zoom', 'color', 'text-indent'],
  ...[
    'background',
    'background-color',
    'background-image',
    'position',
    'left',
    'right',
    'top',
    'bottom',
    'margin-left',
  ],
  ...[
    'margin-top',
    'overflow',
    'width',
    'height',
    'max-width',
    'max-height',
    'clip',
    'clip-path',
    'transform',
    'scale',
  ],
])

/** Reads the declarations that matter to visibility. `!important` is left out of the values. */
export function readDeclarations(css: string): Declarations {
  const found = new Map<string, string>()
  for (const declaration of withoutComments(css).toLowerCase().split(';')) {
    const colon = declaration.indexOf(':')
    const property = declaration.slice(0, Math.max(0, colon)).trim()
    if (!properties.has(property)) continue
    found.set(
      property,
      declaration
        .slice(colon + 1)
        .replace('!important', '')
        .trim(),
    )
  }
  return found
}

/** Drops the comments of CSS. */
export function withoutComments(css: string): string {
  let text = ''
  let at = 0
  for (;;) {
    const open = css.indexOf('/*', at)
    if (open < 0) return text + css.slice(at)
    text += css.slice(at, open)
    const close = css.indexOf('*/', open + 2)
    if (close < 0) return text
    at = close + 2
  }
}
