import { search } from '../../util/pattern.ts'

/**
 * The generation of a Gemini by its upstream id: 2.5 for `gemini-2.5-pro`. Aliases such as `gemini-flash-latest`, tuned models and
 * whatever else has no number in its name count as the newest.
 */
export function geminiVersion(model: string): number {
  const version = search(/gemini-(\d+(?:\.\d+)?)/, model)?.[1]
  return version === undefined ? Infinity : Number(version)
}
