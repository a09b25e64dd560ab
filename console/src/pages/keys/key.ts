import type { Reply } from '../../api/call.ts'

/** A key as the API lists it. */
export type Key = Reply<'GET /keys'>['data'][number]
