import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)

/** Writes a generated file. With `--check` on the command line it exits with 1 instead when the committed file differs. */
export function writeOrCheck(path: string, content: string): void {
  if (!process.argv.includes('--check')) return writeFileSync(new URL(path, root), content)
  if (read(path) === content) return
  console.error(`${path} is stale: run \`npm run generate\` and commit the result.`)
  process.exitCode = 1
}

function read(path: string): string | null {
  try {
    return readFileSync(new URL(path, root), 'utf8')
  } catch {
    return null
  }
}
