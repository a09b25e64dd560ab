import type { Sign } from './sign.ts'

/** Signs with `Authorization: Bearer …`, as most providers require it. */
export const bearer: Sign = (_call, { apiKey }) => withKey('authorization', apiKey && `Bearer ${apiKey}`)

/** Makes the signer that sends the key in its own header, e.g. Anthropic's `x-api-key`. */
export const keyHeader =
  (name: string): Sign =>
  (_call, { apiKey }) =>
    withKey(name, apiKey)

const withKey = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [name]: value }
