import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { drainMs } from '../../src/gateway.ts'
import { deployFile, documentsOf, load, readText, readYaml, variablesOf, whyMissing } from './deploy-files.ts'

const chart = deployFile('helm/waygate')
const rendered = readText('kubernetes/waygate.yaml')
const documents = documentsOf(rendered)
const ofKind = (kind: string) => documents.find((document) => document.kind === kind)
const noHelm = whyMissing('helm', 'version')

describe('the manifests', () => {
  const set = ofKind('StatefulSet')
  const { template } = set.spec
  const [container] = template.spec.containers

  test('hold one of each: gateways with journals, services, configuration, disruption budget', () => {
    expect(documents.map(({ kind }) => String(kind)).toSorted()).toEqual([
      'ConfigMap',
      'PodDisruptionBudget',
      'Service',
      'Service',
      'ServiceAccount',
      'StatefulSet',
    ])
    expect(set.spec).toMatchObject({ replicas: 2, volumeClaimTemplates: [{ metadata: { name: 'journal' } }] })
    expect(ofKind('PodDisruptionBudget').spec.maxUnavailable).toBe(1)
  })

  test('every selector finds the gateways', () => {
    const { labels } = template.metadata
    const selectors = documents.flatMap(({ spec }) => [spec?.selector?.matchLabels ?? spec?.selector].filter(Boolean))
    expect(selectors).toHaveLength(4)
    for (const selector of selectors) expect(labels).toMatchObject(selector)
    expect(documents.map(({ metadata }) => metadata.name)).toContain(set.spec.serviceName)
  })

  test('the container has no rights, writes nothing but its volume, and is probed at the addresses that exist', () => {
    expect(template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
    })
    expect(container).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    })
    const volumes = [
      ...template.spec.volumes,
      ...set.spec.volumeClaimTemplates.map(({ metadata }: { metadata: object }) => metadata),
    ]
    expect(container.volumeMounts.map(({ name }: { name: string }) => name).toSorted()).toEqual(
      volumes.map(({ name }) => String(name)).toSorted(),
    )
  })

  test('a stop has the time to leave the service and to end running requests', () => {
    const { lifecycle } = container
    const needed = lifecycle.preStop.sleep.seconds + drainMs / 1000
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(needed)
  })

  test('the configuration is one, with the port and the folder of the container', () => {
    const config = load(ofKind('ConfigMap').data['waygate.yaml'])
    expect(config.server.host).toBe('0.0.0.0')
    expect(container.ports).toContainEqual({ name: 'http', containerPort: config.server.port })
    const mounts = container.volumeMounts.filter(({ readOnly }: { readOnly?: boolean }) => readOnly !== true)
    expect(mounts.some(({ mountPath }: { mountPath: string }) => config.storage.journal?.startsWith(mountPath))).toBe(
      true,
    )
  })
})

describe(`the chart${noHelm ?? ''}`, () => {
  const helm = (...arguments_: readonly string[]): string =>
    execFileSync('helm', [...arguments_, '--kube-version', '1.36.0'], { encoding: 'utf8', stdio: 'pipe' })

  test.skipIf(noHelm !== null)('passes helm lint, and renders the manifests', () => {
    expect(helm('lint', '--strict', chart)).toContain('0 chart(s) failed')
    expect(documentsOf(helm('template', 'waygate', chart))).toEqual(documents)
  })

  test.skipIf(noHelm !== null)('renders what is switched on, and one gateway without a disruption budget', () => {
    const set = [
      'ingress.enabled=true',
      'ingress.host=llm.example',
      'ingress.tlsSecret=tls',
      'networkPolicy.enabled=true',
      'replicas=1',
    ]
    const kinds = documentsOf(helm('template', 'w', chart, ...set.flatMap((value) => ['--set', value]))).map(
      ({ kind }) => kind,
    )
    expect(kinds).toContain('Ingress')
    expect(kinds).toContain('NetworkPolicy')
    expect(kinds).not.toContain('PodDisruptionBudget')
  })

  test('its values read only the secret that operating.md makes', () => {
    const page = readText('../docs/operating.md')
    for (const name of variablesOf(JSON.stringify(readYaml('helm/waygate/values.yaml').config))) {
      expect(page).toContain(`--from-literal=${name}=`)
    }
  })
})
