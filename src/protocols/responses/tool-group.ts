import type { Tool } from '../../canonical/tool.ts'
import type { JsonObject } from '../../util/json.ts'

/** Names a tool of a group: in all other languages the name has to say which group it is of. */
export const groupedName = (group: string | null | undefined, name: string): string =>
  group ? `${group}__${name}` : name

/** How this language names a tool: of a group, by the group and the name within it. */
export type ShortNames = ReadonlyMap<string, { readonly name: string; readonly namespace: string }>

/** Collects the names within groups by the names that all languages know. */
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
