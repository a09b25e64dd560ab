import type { TextRequest } from '../../canonical/generation-request.ts'
import type { AdmittedEndpoint } from '../../canonical/offered-model.ts'

/** The window of a model: what the longest of its endpoints takes. */
export interface Window {
  readonly length: number
  readonly mostMessages: number
  readonly tokenFactor: number
}

/**
 * Chooses the window that a request is shortened to: that of the first model whose window is at least half of what the request needs, or
 * else the largest (contract §6.4). Null where the request fits it as it is, and where nothing is admitted.
 */
export function chooseWindow(
  admitted: readonly AdmittedEndpoint[],
  promptTokens: number,
  { input, parameters }: TextRequest,
): Window | null {
  const windows = windowsOf(admitted)
  const needs = ({ tokenFactor }: Window): number => promptTokens * tokenFactor + (parameters.maxTokens ?? 0)
  const largest = windows.reduce<Window | null>((most, each) => (each.length > (most?.length ?? 0) ? each : most), null)
  const chosen = windows.find((window) => window.length >= needs(window) / 2) ?? largest
  if (chosen === null) return null
  const count = input.type === 'messages' ? input.messages.length : 0
  return needs(chosen) <= chosen.length && count <= chosen.mostMessages ? null : chosen
}

function windowsOf(admitted: readonly AdmittedEndpoint[]): readonly Window[] {
  const windows = new Map<string, Window>()
  for (const { endpoint, tokenFactor } of admitted) {
    const before = windows.get(endpoint.model)
    windows.set(endpoint.model, {
      length: Math.max(before?.length ?? 0, endpoint.contextLength ?? Infinity),
      mostMessages: endpoint.template.mostMessages ?? Infinity,
      tokenFactor,
    })
  }
  return [...windows.values()]
}
