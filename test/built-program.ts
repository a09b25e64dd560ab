import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

const repository = fileURLToPath(new URL('..', import.meta.url))

const stepMs = 50
const longestBuildMs = 50_000

/**
 * Returns the command of a build of this tree, as users install it. It is made once in a run of the tests, by whichever test file comes first.
 * It starts with a third of the CPU that the sources take, and the tests of the command line start some three hundred processes.
 */
export function builtCommand(): string {
  const program = join(inject('engines').directory, 'program')
  const command = join(program, 'bin/waygate.js')
  try {
    mkdirSync(`${program}-lock`)
  } catch {
    // Another test file makes it.
    for (let waited = 0; !existsSync(program); waited += stepMs) {
      if (waited > longestBuildMs) throw new Error('The build of the program by another test file did not end.')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stepMs)
    }
    return command
  }
  const making = `${program}-making`
  const build = spawnSync(process.execPath, ['scripts/build.ts', join(making, 'dist')], {
    cwd: repository,
    encoding: 'utf8',
  })
  if (build.status !== 0) throw new Error(`The build failed:\n${build.stderr}`)
  for (const file of ['bin', 'package.json']) cpSync(join(repository, file), join(making, file), { recursive: true })
  // The packages that are not part of the build, and the console.
  for (const folder of ['node_modules', 'console']) symlinkSync(join(repository, folder), join(making, folder))
  renameSync(making, program)
  return command
}
