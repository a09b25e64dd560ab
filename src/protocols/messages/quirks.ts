/** What differs between providers that speak Anthropic's Messages. */
export interface MessagesQuirks {
  /**
   * The host's form of the language. `anthropic`, the default, also stands for those who copy its address: Azure AI Foundry and
   * others. `vertex`: the base URL ends in `/projects/{project}/locations/{location}`, the model stands in the path
   * `/publishers/anthropic/models/{model}:streamRawPredict`, the version of the language in the body, and no address is fetched.
   */
  readonly host?: 'anthropic' | 'vertex'
  /** Whether `service_tier` is understood. Default false. */
  readonly serviceTier?: boolean
  /** Whether the provider fetches https addresses of images and PDF files itself. Default true. */
  readonly fetchesUrls?: boolean
}
