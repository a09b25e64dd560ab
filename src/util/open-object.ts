import { Type } from 'typebox'

/** Any JSON object, not looked into: the upstream or a later rung knows what belongs in it. */
export const OpenObject = Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object' })
