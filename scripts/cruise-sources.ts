import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'

/** Reads the imports below `src/` of a directory, and checks them by this repository's `.dependency-cruiser.cjs`. */
export async function cruiseSources(root: string): Promise<ICruiseResult> {
  const options = await extractDepcruiseOptions(fileURLToPath(new URL('../.dependency-cruiser.cjs', import.meta.url)))
  const { output } = await cruise(['src'], { ...options, baseDir: root })
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered with text:\n${output}`)
  return output
}
