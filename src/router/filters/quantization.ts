import type { Filter } from './filter.ts'

/** What a level stands for besides itself: the microscaling formats of the same width (contract §1.2). */
const alsoMeant: Readonly<Record<string, readonly string[]>> = { fp4: ['mxfp4', 'nvfp4'], fp8: ['mxfp8'] }

/** The weights must be stored at one of the levels in `quantizations`; `unknown` is a level too. */
export const quantization: Filter = {
  name: 'quantization',
  refuse(endpoint, { routing: { quantizations } }) {
    const stored = endpoint.quantization ?? 'unknown'
    if (quantizations === undefined) return null
    if (quantizations.some((level) => level === stored || alsoMeant[level]?.includes(stored))) return null
    // Singular, as contract §9.3 row 46 names the constraint.
    return { field: 'quantization', detail: `its quantization is ${stored}, which is not among those asked for` }
  },
}
