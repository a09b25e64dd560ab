/** Turns bytes of foreign documents into text, within limits. */
export interface Documents {
  readPage(...given: never): Promise<unknown>
  readPdf(...given: never): Promise<unknown>
}
