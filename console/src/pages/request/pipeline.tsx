import { money } from '../../format/money.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Panel } from '../../parts/panel.tsx'
import type { Detail } from './detail.ts'

/** What ran beside the model: the stages of the pipeline, and the tools of the gateway. */
export function Pipeline({ detail }: { readonly detail: Detail }) {
  const { pipeline, tools } = detail
  if ((pipeline === null || pipeline.length === 0) && tools.length === 0) return null
  return (
    <Panel title="Stages and tools">
      <ul className="space-y-2">
        {(pipeline ?? []).map((stage, index) => (
          <li key={index}>
            <CodeBlock label="A stage" text={JSON.stringify(stage, null, 2)} />
          </li>
        ))}
        {tools.map(({ source, engine, unit, units, results, amount }, index) => (
          <li key={index} className="flex gap-3">
            <span className="min-w-0 flex-1 break-words">
              {source}
              <span className="block text-xs text-soft">
                {engine} · {units} {unit}
                {results !== null && ` · ${results} results`}
              </span>
            </span>
            <span className="tabular-nums">{money(amount)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
