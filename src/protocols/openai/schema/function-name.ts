import { Type } from 'typebox'

/** The name of a function or of a reply's schema. Source: contract §1.4, Appendix C. */
export const FunctionName = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  'x-expects': '1 to 64 letters, digits, "_" or "-"',
})
