import type { Filter } from './filter.ts'

/** The levels that a level includes besides itself: the microscaling formats of the same width (contract §1.2). */
const alsoMeant: Readonly<Record<string, readonly string[]>> = { fp4: ['mxfp4', 'nvfp4'], fp8: ['mxfp8'] }

/** Keeps endpoints whose weights are stored at one of the levels in `quantizations`. `unknown` is a level too. */
export const quantization: Filter = {
  name: 'quantization',
  verdict: { type: 'unavailable', code: 'constraint_filtered' },
  ruleFor({ routing: { quantizations } }) {
    if (quantizations === undefined) return null
    const wanted = new Set(quantizations.flatMap((level) => [level, ...(alsoMeant[level] ?? [])]))
    return ({ quantization: stored }) => {
      const level = stored ?? 'unknown'
      if (wanted.has(level)) return null
      // The name is in the singular, as in contract row 46.
      return { field: 'quantization', detail: `its quantization is ${level}, which is not among those asked for` }
    }
  },
}
