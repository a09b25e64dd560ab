/**
 * `npm run check -- console`: the types and the lint of the console, which is a workspace of its own. Where its packages are not installed,
 * because no registry could be reached, there is nothing to check it with.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

if (existsSync('console/node_modules/react')) {
  const commands = [
    ['tsc', '--project', 'console'],
    ['oxlint', '--deny-warnings', '--config', 'console/oxlint.json', 'console'],
  ]
  for (const [command = '', ...arguments_] of commands) {
    const { status } = spawnSync(command, arguments_, { stdio: 'inherit', timeout: 120_000 })
    if (status !== 0) process.exitCode = 1
  }
} else {
  console.log('The packages of the console are not installed: `npm run prepare` installs them.')
}
