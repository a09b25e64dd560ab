import type { PluginRequest } from '../../canonical/plugin-request.ts'
import type { WirePlugin } from './schema/plugin.ts'

export interface PluginFields {
  readonly plugins?: readonly WirePlugin[] | null
  readonly transforms?: readonly string[] | null
}

/**
 * Decodes `plugins`, and `transforms`, which is the older way to switch context compression on and off (contract §1.1). An empty list
 * differs from an absent one: it replaces the list of a preset.
 */
export function decodePlugins({ plugins, transforms }: PluginFields): readonly PluginRequest[] | undefined {
  if (!plugins && !transforms) return undefined
  const decoded = (plugins ?? []).map(({ id, enabled, ...settings }) => ({ id, enabled: enabled !== false, settings }))
  if (transforms) decoded.push({ id: 'context-compression', enabled: transforms.length > 0, settings: {} })
  return decoded
}
