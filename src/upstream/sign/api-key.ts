import type { Sign } from './sign.ts'

/** `Authorization: Bearer …`, as most providers have it. */
export const bearer: Sign = (_call, { apiKey }) => withKey('authorization', apiKey && `Bearer ${apiKey}`)

/** The key in a header of its own, e.g. Anthropic's `x-api-key`. */
export const keyHeader =
  (name: string): Sign =>
  (_call, { apiKey }) =>
    withKey(name, apiKey)

const withKey = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [name]: value }
