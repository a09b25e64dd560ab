/** `npm run build`: compiles the sources into `dist/`, and copies the other files among them. The published package runs the build. */
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('tsc', ['--project', 'tsconfig.build.json'], { stdio: 'inherit' })
if (status !== 0) process.exit(1)

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
for (const data of sources.filter((path) => path.endsWith('.json'))) cpSync(join('src', data), join('dist', data))
