/** Returns the type of an image according to its first bytes; null where they belong to no type that the vendors accept. */
export function imageTypeOf(base64: string): string | null {
  const bytes = Buffer.from(base64.slice(0, 24), 'base64')
  const hex = bytes.toString('hex')
  if (hex.startsWith('89504e470d0a1a0a')) return 'image/png'
  if (hex.startsWith('ffd8ff')) return 'image/jpeg'
  if (hex.startsWith('474946383761') || hex.startsWith('474946383961')) return 'image/gif'
  return hex.startsWith('52494646') && bytes.subarray(8, 12).toString('latin1') === 'WEBP' ? 'image/webp' : null
}
