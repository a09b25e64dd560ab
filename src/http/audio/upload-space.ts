import { GatewayError } from '../../canonical/errors.ts'

const mebibyte = 1024 * 1024

/** The disk that the temporary files of all requests may take together. Each request has a limit of its own, but not their number. */
export class UploadSpace {
  readonly #limit: { readonly bytes: number }
  #taken = 0

  /** @param limit Is read each time: the configuration may be replaced while files are open. */
  constructor(limit: { readonly bytes: number }) {
    this.#limit = limit
  }

  /**
   * Takes space for bytes that are about to be written.
   * @param before How much the same file has already.
   * @throws GatewayError 413 where the file does not fit into all the space there is, 503 where others have the space
   */
  take(bytes: number, before: number): void {
    const { bytes: limit } = this.#limit
    const mebibytes = `${Number((limit / mebibyte).toPrecision(3))} MiB (limits.uploads_mb)`
    if (before + bytes > limit) {
      throw new GatewayError(
        'payload_too_large',
        `The audio is larger than ${mebibytes}, all that uploads may take here.`,
      )
    }
    if (this.#taken + bytes > limit) {
      throw new GatewayError(
        'provider_overloaded',
        `The audio of other requests takes up the ${mebibytes} that uploads may take here. Send the request again in a moment.`,
        { headers: { 'Retry-After': '1' } },
      )
    }
    this.#taken += bytes
  }

  /** Gives back what a file had taken. */
  give(bytes: number): void {
    this.#taken -= bytes
  }
}
