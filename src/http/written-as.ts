interface Written {
  readonly bytes: number
  readonly encoding: 'latin1' | 'utf8'
}

/** Returns how many bytes a text has in UTF-8, and how a socket writes them soonest: letters of ASCII are the same bytes in Latin-1. */
export function writtenAs(text: string): Written {
  const bytes = Buffer.byteLength(text)
  return { bytes, encoding: bytes === text.length ? 'latin1' : 'utf8' }
}
