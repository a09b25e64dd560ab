/** A failure of the database or of a query. `message` is for the operator, never for a client. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  /** Whether the same write may succeed later (disk full, locked). False where it never will (a value that the schema refuses). */
  readonly transient: boolean

  constructor(message: string, options: { readonly transient: boolean; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.transient = options.transient
  }
}
