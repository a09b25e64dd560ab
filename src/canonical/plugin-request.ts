/** A plugin that a request or an account switches on or off, with its settings in OpenRouter's words (contract §1.3). */
export interface PluginRequest {
  readonly id: string
  readonly enabled: boolean
  readonly settings: Readonly<Record<string, unknown>>
}

/** What an account sets for a plugin. */
export interface AccountPlugin extends PluginRequest {
  /** Whether the settings of the account apply although the request has others. */
  readonly preventOverrides: boolean
}
