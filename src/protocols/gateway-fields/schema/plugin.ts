import { Type } from 'typebox'
import { plugins } from '../../../plugins/_registry.ts'

/** One entry of `plugins`, as far as it is the same for all. */
export interface WirePlugin {
  readonly id: string
  readonly enabled?: boolean | null
  readonly [setting: string]: unknown
}

/** One entry of `plugins`. Each plugin declares its own settings; settings that it does not list are ignored. Source: contract §1.3. */
export const PluginSchema = Type.Unsafe<WirePlugin>(
  Type.Union(
    plugins.map(({ schema }) => schema),
    { title: 'Plugin', description: 'Settings of a plugin, which runs once on the request or the reply.' },
  ),
)
