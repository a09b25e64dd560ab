import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { readText, repository } from './deploy-files.ts'

const run = promisify(execFile)
const directory = mkdtempSync(join(tmpdir(), 'waygate-image-'))
const tree = join(directory, 'opt/waygate')
const isRoot = process.getuid?.() === 0
/** The user of the image, where this process may become another. */
const user = isRoot ? { uid: 10_001, gid: 10_001 } : {}

// Builds the file tree of the image by its own steps, in a copy: other tests build in the repository at the same time.
beforeAll(async () => {
  const source = join(directory, 'src')
  const copied = [
    'bin',
    'deploy',
    'docs',
    'scripts',
    'src',
    'LICENSE',
    'README.md',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ]
  // The console as `npm ci` built it: to build it once more takes a minute.
  if (existsSync(join(repository, 'console/dist'))) copied.push('console/dist')
  for (const name of copied) {
    cpSync(join(repository, name), join(source, name), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    })
  }
  symlinkSync(join(repository, 'node_modules'), join(source, 'node_modules'))
  mkdirSync(join(directory, 'opt'))
  await run('sh', [join(source, 'deploy/image/build-tree.sh'), tree])
  chmodSync(directory, 0o755)
}, 300_000)
afterAll(() => {
  // Nothing in the tree may be written to; only root removes it all the same.
  execFileSync('chmod', ['-R', 'u+w', directory])
  rmSync(directory, { recursive: true })
})

test('the tree holds the build and the drivers, no sources, and nothing that may be written to', () => {
  expect(existsSync(join(tree, 'dist/cli/cli.js'))).toBe(true)
  expect(existsSync(join(tree, 'src'))).toBe(false)
  const written = execFileSync('find', [tree, '!', '-type', 'l', '-perm', '/222'], { encoding: 'utf8' })
  expect(written).toBe('')
})

test('is small', () => {
  const kilobytes = Number(execFileSync('du', ['-sk', tree], { encoding: 'utf8' }).split('\t')[0])
  expect(kilobytes).toBeLessThan(30_000)
})

test('starts as the user of the image, with one folder to write to, and its health check follows it', async () => {
  const home = mkdtempSync(join(tmpdir(), 'waygate-home-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  if (isRoot) execFileSync('chown', ['10001:10001', home])
  const child = spawn(process.execPath, [join(tree, 'bin/waygate.js'), 'serve', '--port', '0'], {
    cwd: home,
    env: { NODE_ENV: 'production' },
    ...user,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  while (!/API key[^\n]*: \S+\n/.test(output) && child.exitCode === null) {
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  }
  const port = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1] ?? ''
  const key = /API key[^\n]*: (\S+)/.exec(output)?.[1] ?? ''
  expect(output).toContain('listens on')
  const reply = await fetch(`http://127.0.0.1:${port}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'waygate/simulator', messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  expect(reply.status).toBe(200)
  const health = (WAYGATE_PORT: string) =>
    run(process.execPath, [join(tree, 'healthcheck.js')], { env: { WAYGATE_PORT } }).then(
      () => 0,
      ({ code }) => code,
    )
  expect(await health(port)).toBe(0)
  if (isRoot) expect(statSync(join(home, '.waygate/waygate.db')).uid).toBe(10_001)
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  expect((await closed)[0]).toBe(0)
  expect(await health(port)).toBe(1)
})

test.each(['pg', '@redis/client', 'unpdf'])('%s is there for the build', async (name) => {
  // The build stands in dist/, and Node looks for packages in the folders above it.
  const program = `import(${JSON.stringify(name)}).then(() => console.log('loaded'))`
  const file = join(tree, 'dist/cli/cli.js')
  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    '-e',
    program.replace(`"${name}"`, `import.meta.resolve('${name}', 'file://${file}')`),
    '--experimental-import-meta-resolve',
  ])
  expect(stdout).toBe('loaded\n')
})

test('the image has the versions of the clone', () => {
  const clone = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
  const { dependencies } = JSON.parse(readText('image/package.json'))
  const pinned = { ...clone.devDependencies, ...clone.dependencies }
  for (const [name, version] of Object.entries(dependencies)) expect(pinned[name], name).toBe(version)
  expect(readText('image/Dockerfile')).toContain(`ARG NODE_VERSION=${clone.devDependencies.node}\n`)
  expect(readText('image/package-lock.json')).not.toContain('"resolved"')
})

test('the Dockerfile ends as a user without rights, with a health check', () => {
  const last =
    readText('image/Dockerfile')
      .split(/^FROM /m)
      .at(-1) ?? ''
  for (const line of [
    'USER 10001:10001',
    'VOLUME /var/lib/waygate',
    'HEALTHCHECK ',
    'ENTRYPOINT ["node", "/opt/waygate/bin/waygate.js"]',
  ]) {
    expect(last).toContain(`\n${line}`)
  }
  // Every name that is copied into the context is there.
  const kept = [...readText('image/Dockerfile.dockerignore').matchAll(/^!(\S+)$/gm)].map(([, name = '']) => name)
  expect(kept.filter((name) => name !== 'console' && !existsSync(join(repository, name)))).toEqual([])
})
