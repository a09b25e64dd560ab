/** Returns an address as it may be shown: with stars for the password, if it has one. What cannot be read as an address is not shown. */
export function maskPassword(address: string): string {
  if (!URL.canParse(address)) return address.includes('@') ? '***' : address
  const url = new URL(address)
  if (url.password === '' && !url.searchParams.has('password')) return address
  if (url.password !== '') url.password = '***'
  if (url.searchParams.has('password')) url.searchParams.set('password', '***')
  return url.href
}
