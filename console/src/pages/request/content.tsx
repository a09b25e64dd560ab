import { CodeBlock } from '../../parts/code-block.tsx'
import { Panel } from '../../parts/panel.tsx'
import type { Detail } from './detail.ts'

/** What was asked and answered, where the account logs it. */
export function Content({ content }: { readonly content: Detail['content'] }) {
  const { logged, input, output, error } = content
  if (!logged) {
    return (
      <Panel title="Content">
        <p className="text-soft">
          The input and output of this account are not logged. <code>log_content</code> of the account switches it on,
          for requests from then on.
        </p>
      </Panel>
    )
  }
  return (
    <Panel title="Content">
      <div className="space-y-3">
        {Object.entries({ Input: input, Output: output, Error: error }).map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <h3 className="mb-1 text-xs font-medium text-soft">{name}</h3>
              <CodeBlock label={name} text={JSON.stringify(value, null, 2)} isTall />
            </div>
          ),
        )}
        {input === null && output === null && error === null && (
          <p className="text-soft">Nothing is kept of this request.</p>
        )}
      </div>
    </Panel>
  )
}
