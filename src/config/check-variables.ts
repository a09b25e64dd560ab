import type { ConfigDocument } from './config-document.ts'
import { isSecret, leaves } from './describe-values.ts'

/** Variables as shells, LiteLLM, templates, Kubernetes, PowerShell, Windows and JavaScript write them. Each pattern finds the name. */
const foreign: readonly RegExp[] = [
  /^\$([A-Z_][A-Z0-9_]*)$/,
  /^os\.environ\/([A-Za-z_][A-Za-z0-9_]*)$/,
  /^\{\{\s*(?:\.?env\.|\.)?([A-Za-z_][A-Za-z0-9_]*)\s*\}\}$/i,
  /^\$\(([A-Za-z_][A-Za-z0-9_]*)\)$/,
  /^\$?env[.:]([A-Za-z_][A-Za-z0-9_]*)$/i,
  /^%([A-Z_][A-Z0-9_]*)%$/,
  /^process\.env\.([A-Za-z_][A-Za-z0-9_]*)$/,
]

/** Reports secrets that are variables in the notation of another program. They would be sent as they stand. */
export function checkVariables(document: ConfigDocument): void {
  for (const [path, value] of leaves(document.value(), [])) {
    if (typeof value !== 'string' || !isSecret(path) || document.origin(path).variables.length > 0) continue
    const [text, scheme = ''] = value.startsWith('Bearer ') ? [value.slice('Bearer '.length), 'Bearer '] : [value]
    const name = foreign.map((pattern) => pattern.exec(text.trim())?.[1]).find((found) => found !== undefined)
    if (name === undefined) continue
    document.report(path, `${text.trim()} is not replaced by a variable here. Write "${scheme}\${${name}}".`)
  }
}
