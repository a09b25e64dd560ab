import type { Tool } from '../../canonical/tool.ts'
import type { JsonObject } from '../../util/json.ts'

/** Returns the name of a tool of a group for all other protocols, where the name has to include that of the group. */
export const groupedName = (group: string | null | undefined, name: string): string =>
  group ? `${group}__${name}` : name

/** The names of tools in this protocol: a tool of a group has the name of the group and a name within it. */
export type ShortNames = ReadonlyMap<string, { readonly name: string; readonly namespace: string }>

/** Collects the names within groups by the names in all other protocols. */
export const shortNames = (tools: readonly Tool[] = []): ShortNames =>
  new Map(
    tools.flatMap((tool) =>
      tool.type === 'function' && tool.group !== undefined
        ? [[tool.name, { name: tool.group.short, namespace: tool.group.name }] as const]
        : [],
    ),
  )

/** Returns the fields of a call that name its tool. */
export const nameFields = (name: string, short: ShortNames): JsonObject => short.get(name) ?? { name }
