import { StorageError } from '../../../stores/storage-error.ts'
import { codeOf } from '../../../../util/code-of.ts'

/**
 * The classes of SQLSTATE for "data exception", "integrity constraint violation" and "program limit exceeded": the same row would be refused
 * again (postgresql.org/docs/current/errcodes-appendix.html). Other failures may pass.
 */
const permanentClasses: ReadonlySet<string> = new Set(['22', '23', '54'])

/** A failed call to PostgreSQL. */
export class PostgresError extends StorageError {
  /** The SQLSTATE, or the code of a failed connection such as `ECONNREFUSED`; empty where there is none. */
  readonly code: string
  /** Whether the server answered. If not, the connection is of no use any more. */
  readonly isAnswer: boolean

  constructor(error: unknown) {
    const code = codeOf(error)
    const isAnswer = /^[0-9A-Z]{5}$/.test(code) && !lostConnection.has(code.slice(0, 2)) && !isSystemCode(code)
    super(textOf(error, code), { transient: !(isAnswer && permanentClasses.has(code.slice(0, 2))), cause: error })
    this.code = code
    this.isAnswer = isAnswer
  }
}

/** The classes for "connection exception" and "operator intervention", which is how a server that stops ends its connections. */
const lostConnection: ReadonlySet<string> = new Set(['08', '57'])

/** Tells a code of the operating system from a SQLSTATE of the same length, such as `EPIPE`. */
const isSystemCode = (code: string): boolean => /^E[A-Z]{4}$/.test(code)

/** Node reports a host that has several addresses, none of which answers, without a message. */
function textOf(error: unknown, code: string): string {
  if (error instanceof Error && error.message !== '') return error.message
  return code === '' ? String(error) : code
}
