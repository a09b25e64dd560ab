import type { Reply } from '../../api/call.ts'

/** Everything that is on record of one request. */
export type Detail = Reply<'GET /waygate/generations/{id}'>['data']
