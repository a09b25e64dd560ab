/** What differs between providers that speak Google's generateContent. */
export interface GenerateContentQuirks {
  /** The Gemini API, which is the default, or Vertex AI, whose base URL ends in `/projects/{project}/locations/{location}`. */
  readonly host?: 'gemini-api' | 'vertex'
  /** Whether a service tier can be asked for. Default false. */
  readonly serviceTier?: boolean
}
