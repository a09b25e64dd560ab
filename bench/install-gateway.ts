import { execFile } from 'node:child_process'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/**
 * Installs the packages that `gateways/<name>/package.json` pins into `.gateways/<name>`, once, and returns that folder. Install scripts do
 * not run, because the packages are not trusted. `npm run bench` has npm's `node` first in PATH, and so has the gateway.
 */
export async function installGateway(name: string): Promise<string> {
  const directory = fileURLToPath(new URL(`.gateways/${name}`, import.meta.url))
  if (existsSync(join(directory, 'node_modules'))) return directory
  console.error(`installing ${name} into bench/.gateways/${name}`)
  cpSync(new URL(`gateways/${name}`, import.meta.url), directory, { recursive: true })
  const options = ['install', '--prefix', directory, '--ignore-scripts', '--no-audit', '--no-fund']
  try {
    await promisify(execFile)('npm', options, { timeout: 300_000 })
  } catch (error) {
    rmSync(join(directory, 'node_modules'), { recursive: true, force: true })
    throw error
  }
  return directory
}
