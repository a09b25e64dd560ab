/** What differs between providers that speak Cohere's chat. */
export interface CohereChatQuirks {
  /** Whether the provider fetches http(s) addresses of images itself. Default true. */
  readonly fetchesUrls?: boolean
}
