import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drainMs } from '../../src/gateway.ts'
import {
  deployFile,
  load,
  readText,
  readYaml,
  repository,
  temporaryDirectory,
  variablesOf,
  whyMissing,
} from './deploy-files.ts'

const compose = readYaml('compose/compose.yaml')
const { services } = compose
const noPromtool = whyMissing('promtool', '--version')

describe('the compose file', () => {
  test('mounts and builds what is there', () => {
    const folder = dirname(deployFile('compose/compose.yaml'))
    const mounted = Object.values<{ volumes?: readonly string[] }>(services)
      .flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
      .filter((source) => source.startsWith('.'))
    expect(mounted.length).toBeGreaterThan(3)
    for (const source of mounted) expect(existsSync(join(folder, source)), source).toBe(true)
    const { context, dockerfile } = services.waygate.build
    expect(existsSync(join(folder, context, dockerfile))).toBe(true)
  })

  test('pins every image, and gives the gateway no rights', () => {
    for (const { image } of Object.values<{ image: string }>(services)) expect(image).toMatch(/^waygate$|:v?\d+\.\d+/)
    expect(services.waygate).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
    expect(Number.parseInt(services.waygate.stop_grace_period, 10)).toBeGreaterThan(drainMs / 1000)
  })

  test('gives the configuration its variables, and .env.example names all that it reads', () => {
    const text = readText('compose/waygate.yaml')
    const config = load(text)
    expect(config.storage.url).toContain('@postgres:5432/')
    for (const name of variablesOf(text)) expect(services.waygate.environment).toHaveProperty(name)
    const named = [...readText('compose/.env.example').matchAll(/^([A-Z_]+)=$/gm)].map(([, name = '']) => name)
    expect(named.toSorted()).toEqual(variablesOf(readText('compose/compose.yaml')).toSorted())
  })
})

/** Every query of the dashboard and of the alerts, without the variables of Grafana. */
function queries(): readonly string[] {
  const dashboard = JSON.parse(readText('grafana/waygate.json'))
  const panels: readonly { targets?: readonly { expr: string }[] }[] = dashboard.panels
  const alerts: readonly { rules: readonly { expr: string }[] }[] = readYaml('prometheus/alerts.yaml').groups
  return [...panels.flatMap(({ targets = [] }) => targets), ...alerts.flatMap(({ rules }) => rules)].map(({ expr }) =>
    expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(job|instance)/g, '.*'),
  )
}

describe('dashboard and alerts', () => {
  test('name only metrics that the gateway has', () => {
    // The page is generated from the metrics of the code.
    const known = new Set(
      [...readText('../docs/telemetry.md').matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map(([, name]) => name),
    )
    const used = new Set(queries().flatMap((query) => query.match(/\b(waygate|process|nodejs)_[a-z0-9_]+/g) ?? []))
    expect(used.size).toBeGreaterThan(20)
    expect([...used].filter((name) => !known.has(name.replace(/_bucket$/, '')))).toEqual([])
  })

  test.skipIf(noPromtool !== null)(`are queries that Prometheus reads${noPromtool ?? ''}`, () => {
    const file = join(temporaryDirectory(), 'rules.json')
    const rules = queries().map((expr, index) => ({ record: `query_${index}`, expr }))
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'all', rules }] }))
    for (const path of [file, deployFile('prometheus/alerts.yaml')]) {
      const { status, stderr } = spawnSync('promtool', ['check', 'rules', path], { encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
    const config = ['check', 'config', '--syntax-only', deployFile('compose/prometheus.yaml')]
    expect(spawnSync('promtool', config, { encoding: 'utf8' })).toMatchObject({ status: 0 })
  })
})

const noSystemd = whyMissing('systemd-analyze', '--version')

test.skipIf(noSystemd !== null)(`the unit is one that systemd accepts, and is hardened${noSystemd ?? ''}`, () => {
  const file = join(temporaryDirectory(), 'waygate.service')
  // Node may be elsewhere on this machine.
  writeFileSync(
    file,
    readFileSync(deployFile('systemd/waygate.service'), 'utf8').replace('/usr/bin/node', process.execPath),
  )
  const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
  expect(verified).toMatchObject({ status: 0, stderr: '' })
  const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', file], {
    encoding: 'utf8',
  })
  expect(Number(/Overall exposure level[^:]*: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThan(2)
  expect(existsSync(join(repository, 'bin/waygate.js'))).toBe(true)
})
