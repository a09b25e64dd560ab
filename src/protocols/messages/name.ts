/** The name under which `source`, and what only this language can say, name it. */
export const protocolName = 'messages'
