import type { Facilities } from '../feature-context.ts'
import type { Clock } from '../../util/clock.ts'

const unused = (): never => {
  throw new Error('The test does not provide this.')
}

/** Facilities that none of the test's plugins and tools may use, except the clock. */
export const noFacilities = (clock: Clock): Facilities => ({
  clock,
  web: { configured: [], missing: unused, mostSearchFee: unused, readFee: unused, search: unused, read: unused },
  documents: { readPage: unused, readPdf: unused, close: unused },
  download: unused,
  moderation: { builtInRules: false, rules: [], endpoint: null, onError: 'allow' },
  ocr: { missing: null, likelyFee: unused, read: unused },
  models: { find: () => null, list: () => [] },
})

/** Holds fees where there is no limit. */
export const unlimitedFees = () => Promise.resolve(() => {})
