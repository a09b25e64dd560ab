import { search } from '../../util/pattern.ts'

/**
 * Returns the version of a Gemini by its upstream id: 2.5 for `gemini-2.5-pro`. Aliases such as `gemini-flash-latest`, tuned models and any
 * other id without a number count as the newest (Infinity).
 */
export function geminiVersion(model: string): number {
  const version = search(/gemini-(\d+(?:\.\d+)?)/, model)?.[1]
  return version === undefined ? Infinity : Number(version)
}
