/** The longest header of a WAV file that is read. */
const longestHeader = 4_096
const dataChunk = Buffer.from('data')
/** The name and the length of a chunk. */
const chunkHead = 8

/** Takes the samples out of a WAV file as it arrives: what follows the head of its `data` chunk. */
export class WavSamples {
  #header: Buffer | null = Buffer.of()

  /** Returns the samples in the next bytes. Bytes that are no WAV are returned as they are. */
  push(bytes: Buffer): Buffer {
    if (this.#header === null) return bytes
    const header = Buffer.concat([this.#header, bytes])
    const isWav = header.length < 4 || header.subarray(0, 4).toString('latin1') === 'RIFF'
    const at = header.indexOf(dataChunk, 12)
    if (isWav && (at < 0 || header.length < at + chunkHead) && header.length < longestHeader) {
      this.#header = header
      return Buffer.of()
    }
    this.#header = null
    return isWav && at >= 0 ? header.subarray(at + chunkHead) : header
  }
}
